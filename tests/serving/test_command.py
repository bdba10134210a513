import subprocess
import sys

from harness.config.settings import load_settings
from harness.serving.command import command, engine_args

PARSE = """
import sys
from vllm.entrypoints.launchers.cli_args import make_arg_parser, validate_parsed_serve_args
from vllm.utils.argparse_utils import FlexibleArgumentParser
args = make_arg_parser(FlexibleArgumentParser()).parse_args(sys.argv[1:])
validate_parsed_serve_args(args)
print(args.model, args.port, args.enforce_eager, args.enable_chunked_prefill)
"""


def test_the_command_is_accepted_by_the_engines_own_parser():
    settings = load_settings()
    flags = command(settings.model, settings.serving, "/weights", 8123)[3:]
    found = subprocess.run([sys.executable, "-c", PARSE, *flags], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    assert found.stdout.split()[-4:] == ["/weights", "8123", "True", "False"]


def test_arguments_that_change_a_score_are_listed_and_places_are_not():
    settings = load_settings()
    args = engine_args(settings.model, settings.serving)
    assert args["dtype"] == "bfloat16"
    assert args["generation-config"] == "vllm"
    assert not {"port", "host", "model", "served-model-name"} & set(args)


def test_the_gpu_command_is_the_same_with_another_config():
    cpu, gpu = load_settings(), load_settings(["serving=gpu"])
    assert command(cpu.model, gpu.serving, "/weights", 1)[:9] == command(cpu.model, cpu.serving, "/weights", 1)[:9]
