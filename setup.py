"""Installs astro_nav as one ament_python package; `colcon build` reads this, commands and nodes are in setup.cfg."""

from pathlib import Path

from setuptools import find_packages, setup

NAME = "astro_nav"
SHARED = ("config", "launch", "rviz", "urdf", "gazebo")  # folders that go to share/astro_nav as they are


def shared_files():
    """(destination, files) for each folder below SHARED, and what the ament index asks for."""
    files = [("share/ament_index/resource_index/packages", [f"resource/{NAME}"]), (f"share/{NAME}", ["package.xml"])]
    for root in SHARED:
        for folder in [Path(root), *sorted(p for p in Path(root).rglob("*") if p.is_dir())]:
            content = sorted(str(p) for p in folder.glob("*") if p.is_file())
            if content:
                files.append((f"share/{NAME}/{folder}", content))
    return files


setup(
    name=NAME,
    version="0.1.0",
    description="Navigation for a home robot among people: global, local and reactive layers.",
    maintainer="astro_nav maintainers",
    maintainer_email="astro-nav@example.org",
    license="Apache-2.0",
    python_requires=">=3.10",
    packages=find_packages(include=["astro_nav_*"]),
    package_data={"": ["**/*.yaml", "**/*.json", "**/*.xml", "**/*.html", "**/*.css"]},
    data_files=shared_files(),
    install_requires=["setuptools"],
    tests_require=["pytest"],
    zip_safe=False,
)
