"""Keep openapi/ and generated/ in step. Run with --help for the commands."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.regen.commands import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], default_root=ROOT))
