"""Run vLLM's `serve` on a node after the first: `python -m harness.serving.headless ARGUMENTS… --headless`.

The module that starts a whole server (vllm.entrypoints.openai.api_server) cannot run without its API, and the
command `vllm serve`, which can, does not find its own version in the CPU build.
"""

import sys

from vllm.entrypoints.cli.serve import ServeSubcommand
from vllm.utils.argparse_utils import FlexibleArgumentParser


def main() -> None:
    """Run until this node's part of the server ends."""
    parser, serve = FlexibleArgumentParser(), ServeSubcommand()
    serve.subparser_init(parser.add_subparsers(dest="subparser"))
    arguments = parser.parse_args([serve.name, *sys.argv[1:]])
    serve.validate(arguments)
    serve.cmd(arguments)


if __name__ == "__main__":
    main()
