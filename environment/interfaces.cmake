# Included by each interface package right after its project() call (CMAKE_PROJECT_INCLUDE), when set-up builds it.
# Generates and compiles what rclpy over Fast DDS uses of an interface, in less than half the time that all of it takes.
find_package(ament_cmake_core REQUIRED)
find_package(rosidl_default_generators REQUIRED)

# No C++: rclpy uses the C structs, their type supports (Fast DDS, and introspection to register types) and the Python
# conversion. Generators register themselves on a list, once per project: the package's own find_package() does not
# bring back those that are taken off it here.
list(FILTER AMENT_EXTENSIONS_rosidl_generate_idl_interfaces EXCLUDE REGEX "_cpp:")

# One Python extension instead of one per type support: it dispatches to the C libraries of the others.
macro(rosidl_generator_py_get_typesupports result)
  set(${result} rosidl_typesupport_c)
endmacro()

# Hundreds of small sources in few compiler calls. Descriptions repeat file-static names and stay on their own.
set(CMAKE_UNITY_BUILD ON)
set(CMAKE_UNITY_BUILD_BATCH_SIZE 12)
set(CMAKE_C_FLAGS_RELEASE "-O1")
set(CMAKE_CXX_FLAGS_RELEASE "-O1")
function(astro_nav_leave_descriptions_alone)
  get_target_property(sources ${PROJECT_NAME}__rosidl_generator_c SOURCES)
  list(FILTER sources INCLUDE REGEX "__description\\.c$")
  set_source_files_properties(${sources} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()
cmake_language(DEFER CALL astro_nav_leave_descriptions_alone)
