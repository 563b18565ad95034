"""The global layer: which way, roughly. Maps, costs, A*, guidance paths, and the navigator that carries out a goal."""
