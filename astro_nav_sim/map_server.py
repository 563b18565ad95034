"""The node `map_server`: a map file on a topic, for where nav2_map_server is absent; same interfaces."""

from __future__ import annotations

import sys
from pathlib import Path

from nav2_msgs.srv import LoadMap
from nav_msgs.msg import OccupancyGrid
from nav_msgs.srv import GetMap

from astro_nav_common.errors import MapError, MapMetadataError
from astro_nav_global.map_io import load_map
from astro_nav_ros import qos
from astro_nav_ros.conversions import grid_message
from astro_nav_ros.node_params import MapServerNodeParams
from astro_nav_ros.runtime import ManagedNode, run


class MapServer(ManagedNode):
    """Publishes the map once, latched; `map_server/load_map` swaps it, `map_server/map` gives it to whoever asks."""

    def __init__(self) -> None:
        """Declare the parameters."""
        super().__init__("map_server", fixed=(MapServerNodeParams,))

    def setup(self) -> None:
        """Read the file, so that a bad one fails here with its sentence."""
        self._params = self.parameters.get(MapServerNodeParams)
        self._map: OccupancyGrid | None = None
        if self._params.yaml_filename:
            self._map = self._load(self._params.yaml_filename)
        self._publisher = self.create_publisher(OccupancyGrid, self._params.topic_name, qos.LATCHED)

    def start(self) -> None:
        """Publish and serve."""
        self.create_service(LoadMap, f"{self.get_name()}/load_map", self._serve_load)
        self.create_service(GetMap, f"{self.get_name()}/map", self._serve_map)
        if self._map is not None:
            self._publisher.publish(self._map)

    def _load(self, path: str) -> OccupancyGrid:
        grid = load_map(path)
        self.get_logger().info(f"{path}: {grid.shape[1]} x {grid.shape[0]} cells of {grid.resolution:g} m")
        return grid_message(grid, self._params.frame_id, self.now())

    def _serve_load(self, request: LoadMap.Request, response: LoadMap.Response) -> LoadMap.Response:
        path = request.map_url.removeprefix("file://")
        try:
            self._map = response.map = self._load(path)
        except MapError as error:
            self.get_logger().error(str(error))
            response.result = response.RESULT_INVALID_MAP_DATA
            if not Path(path).is_file():
                response.result = response.RESULT_MAP_DOES_NOT_EXIST
            elif isinstance(error, MapMetadataError):
                response.result = response.RESULT_INVALID_MAP_METADATA
            return response
        self._publisher.publish(self._map)
        response.result = response.RESULT_SUCCESS
        return response

    def _serve_map(self, _request: GetMap.Request, response: GetMap.Response) -> GetMap.Response:
        if self._map is not None:
            response.map = self._map
        return response


def main() -> int:
    """Entry point."""
    return run(MapServer, "map_server")


if __name__ == "__main__":
    sys.exit(main())
