"""For every test: nothing of whoever runs the tests is read or changed."""

import os

# Set before anything imports keyring, which otherwise picks any backend it finds.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
for _name in [name for name in os.environ if name.startswith("SCAILABLE_")]:
    del os.environ[_name]
