"""For every test: nothing of whoever runs the tests is read or changed."""

import os
import signal

# A shell that runs the tests in the background has Ctrl-C ignored, and so would every process that
# they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Set before anything imports keyring, which otherwise picks any backend it finds.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
for _name in [name for name in os.environ if name.startswith("SCAILABLE_")]:
    del os.environ[_name]
