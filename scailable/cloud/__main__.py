"""`python -m scailable.cloud` serves a cloud."""

import sys

from scailable.cloud.serve import main

sys.exit(main())
