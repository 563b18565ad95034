# Included by each interface package right after its project() call (CMAKE_PROJECT_INCLUDE), when set-up builds it.
#
# rclpy over Fast DDS uses the C structs, their type supports (Fast DDS, and introspection for discovery) and the Python
# conversion. The C++ code that rosidl would generate as well is half of the build time and has no user here: its
# generators are taken off the list they registered themselves on. Generator packages are included only once per
# project, so the package's own find_package() does not bring them back.
find_package(ament_cmake_core REQUIRED)
find_package(rosidl_default_generators REQUIRED)
list(FILTER AMENT_EXTENSIONS_rosidl_generate_idl_interfaces EXCLUDE REGEX "_cpp:")

# Hundreds of small sources in few compiler calls. Descriptions repeat file-static names and stay on their own.
function(astro_nav_join_sources)
  foreach(part rosidl_generator_c rosidl_generator_py rosidl_typesupport_c rosidl_typesupport_fastrtps_c
          rosidl_typesupport_introspection_c)
    set_target_properties(${PROJECT_NAME}__${part} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 12)
  endforeach()
  get_target_property(sources ${PROJECT_NAME}__rosidl_generator_c SOURCES)
  list(FILTER sources INCLUDE REGEX "__description\\.c$")
  set_source_files_properties(${sources} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()
cmake_language(DEFER CALL astro_nav_join_sources)
