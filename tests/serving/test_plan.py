"""The command of every model: as it is printed, and as vLLM itself reads it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from harness.config.settings import load_models, load_settings, project
from harness.errors import UsageError
from harness.planning.fit import fit
from harness.serving.plan import serve_plan

MODELS = load_models(project().configs)
SERVED = {name: model for name, model in MODELS.items() if model.weights is not None}
GPU = load_settings(["serving=gpu"]).serving
GOLDEN = Path(__file__).parents[1] / "golden" / "serve_commands.json"
READ = """
import json, sys
from vllm.entrypoints.launchers.cli_args import make_arg_parser, validate_parsed_serve_args
from vllm.reasoning import ReasoningParserManager
from vllm.tool_parsers import ToolParserManager
from vllm.utils.argparse_utils import FlexibleArgumentParser
found = {"reasoning": sorted(ReasoningParserManager.lazy_parsers), "tool": sorted(ToolParserManager.lazy_parsers)}
for name, argv in json.load(sys.stdin).items():
    args = make_arg_parser(FlexibleArgumentParser()).parse_args(argv)
    validate_parsed_serve_args(args)
    found[name] = {"tp": args.tensor_parallel_size, "nnodes": args.nnodes, "logits": args.logits_processors}
print(json.dumps(found))
"""


def plan(name, **asked):
    model = MODELS[name]
    split = fit(model, asked.pop("gpu", "h100"), **asked) if model.architecture is not None else None
    return serve_plan(model, GPU, split)


@pytest.fixture(scope="module")
def read():
    """What vLLM makes of every command; variables are filled in as a node would."""
    filled = {"$NODE_RANK": "1", "$MASTER_ADDR": "10.0.0.1"}
    plans = {name: plan(name) for name in SERVED}
    argvs = {name: found.argv for name, found in plans.items()}
    argvs |= {f"{name}, other nodes": found.others for name, found in plans.items() if found.others}
    argvs = {name: [filled.get(part, part) for part in argv[2:]] for name, argv in argvs.items()}
    argvs = {name: ["--model", argv[0], *argv[1:]] for name, argv in argvs.items()}
    command = [sys.executable, "-c", READ]
    done = subprocess.run(command, input=json.dumps(argvs), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("name", SERVED)
def test_the_command_is_accepted_by_the_engine_s_own_parser(read, name):
    layout = fit(MODELS[name], "h100").layout if MODELS[name].architecture is not None else None
    if layout is not None:
        assert (read[name]["tp"], read[name]["nnodes"]) == (layout.tensor_parallel, layout.nodes)


@pytest.mark.parametrize("name", SERVED)
def test_a_parser_is_one_that_the_engine_has_or_that_comes_with_the_fork(read, name):
    model = MODELS[name]
    own = model.requires.parsers if model.requires else []
    for kind in ("reasoning", "tool"):
        wanted = model.args.get("reasoning-parser" if kind == "reasoning" else "tool-call-parser")
        assert wanted is None or wanted in own or wanted in read[kind], f"{name}: {wanted}"


def test_a_flag_with_two_values_reaches_the_engine_with_both(read):
    assert len(read["solar_open_100b"]["logits"]) == 2


def test_the_commands_are_those_on_record():
    found = {name: plan(name).argv for name in sorted(SERVED)}
    assert found == json.loads(GOLDEN.read_text())


def test_a_server_on_several_nodes_is_vllm_s_own_multi_node_mode():
    found = plan("a_x_k1")
    assert (found.nodes, found.gpus_per_node, found.before) == (2, 8, [])
    first, others = " ".join(found.argv), " ".join(found.others)
    assert "--distributed-executor-backend mp --nnodes 2 --node-rank 0 --master-addr $MASTER_ADDR" in first
    assert others == first.replace("--node-rank 0", "--node-rank $NODE_RANK") + " --headless"
    assert found.env["VLLM_HOST_IP"] == "$NODE_ADDR"


def test_a_server_by_ray_starts_a_head_and_joins_it_from_the_other_nodes():
    model = MODELS["a_x_k1"].model_copy(update={"multi_node": "ray"})
    found = serve_plan(model, GPU, fit(model, "h100"))
    assert " ".join(found.before) == "ray start --node-ip-address $NODE_ADDR --head --port 6379"
    assert found.argv[-2:] == ["--distributed-executor-backend", "ray"]
    assert " ".join(found.others) == "ray start --node-ip-address $NODE_ADDR --block --address $MASTER_ADDR:6379"


def test_the_nodes_after_the_first_are_told_in_words_that_the_engine_reads(read):
    assert read["a_x_k1, other nodes"]["nnodes"] == 2


def test_what_the_engine_lacks_is_said():
    assert any("UpstageAI/vllm" in reason for reason in plan("solar_open_100b").why)
    assert any("not pinned" in reason for reason in plan("solar_open_100b").why)


def test_where_sizes_are_not_published_the_split_is_the_maker_s():
    found = plan("vaetki_100b")
    assert (found.gpus_per_node, "--tensor-parallel-size 4" in " ".join(found.argv)) == (4, True)
    assert any("split as a source shows it" in reason for reason in found.why)


def test_a_split_that_nobody_states_is_said_to_be_none():
    assert any("no source says how many GPUs" in reason for reason in plan("a_x_k2_alm").why)


def test_a_hosted_model_has_no_command():
    with pytest.raises(UsageError, match="which its maker hosts"):
        serve_plan(MODELS["gpt_5"], GPU, None)


def test_gpus_that_do_not_hold_the_model_are_refused():
    with pytest.raises(UsageError, match="short"):
        plan("a_x_k1", nodes=1)
