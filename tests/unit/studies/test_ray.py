"""A sweep on a cluster of two nodes, one of which is lost in the middle."""

import csv

import pytest
import torch

ray = pytest.importorskip("ray")

from vae_core.models.checkpoint import read_checkpoint  # noqa: E402
from vae_core.studies.run import is_finished, run, sweep  # noqa: E402
from vae_core.studies.spec import SweepSpec  # noqa: E402

SPEC = {
    "dataset": "digits",
    "model": {"latent_dim": 1, "hidden": [8]},  # one dimension: nothing to project
    "training": {"epochs": 60, "precision": "float32"},
    "importance_samples": 2,
    "grid": [{"objective": "beta", "beta": [1, 4]}],
    "seeds": [0, 1],
}


@pytest.fixture
def cluster(monkeypatch):
    """A head without processors and two nodes of one each, all on this machine and seen by it alone."""
    from ray.cluster_utils import Cluster

    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    # The loopback address would be replaced by one that other machines reach, where nothing listens.
    monkeypatch.setenv("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
    monkeypatch.setattr(ray._private.ray_constants, "ENABLE_RAY_CLUSTER", False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    local = {"node_ip_address": "127.0.0.1", "include_dashboard": False, "object_store_memory": 80_000_000}
    quick = {"health_check_initial_delay_ms": 1_000, "health_check_period_ms": 500, "health_check_timeout_ms": 5_000}
    cluster = Cluster(initialize_head=True, head_node_args=local | {"num_cpus": 0, "_system_config": quick})
    nodes = [cluster.add_node(num_cpus=1, **local) for _ in range(2)]
    yield cluster, nodes
    ray.shutdown()
    cluster.shutdown()


def test_a_lost_node_loses_nothing(cluster, tmp_path):
    cluster, nodes = cluster
    spec, folder = SweepSpec.from_json(SPEC), tmp_path / "sweep"
    lost, last = False, None
    for last in sweep(spec, folder, "ray", cluster.address):
        if not lost and sum(0 < now.done < 1 for now in last.runs) == 2:  # a run on each node
            begun = [now.name for now in last.runs if 0 < now.done < 1]
            assert len([node for node in ray.nodes() if node["Alive"]]) == 3
            cluster.remove_node(nodes[0], allow_graceful=False)
            lost = True
    assert lost and len(begun) == 2
    assert [now.name for now in last.runs] == ["beta1-seed0", "beta1-seed1", "beta4-seed0", "beta4-seed1"]
    assert all(now.finished and not now.failed for now in last.runs) and last.done == 1
    assert all(is_finished(folder, now.name) for now in last.runs)
    assert not list(folder.glob("runs/*.partial"))
    with open(folder / "table.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["run"] for row in rows] == [now.name for now in last.runs]

    threads = torch.get_num_threads()
    run(spec.to_json(), str(tmp_path / "here"), "beta1-seed0")
    torch.set_num_threads(threads)
    here, there = (read_checkpoint(path / "runs" / "beta1-seed0") for path in (tmp_path / "here", folder))
    assert there.content_hash == here.content_hash
    assert there.metrics == here.metrics and there.history == here.history
    assert float(rows[0]["elbo"]) == here.metrics["elbo"]
