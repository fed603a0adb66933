from tests.facade.conftest import ada, cloud, edge_impulse, home, own_settings, server

__all__ = ["ada", "cloud", "edge_impulse", "home", "own_settings", "server"]
