"""Writes the PyTorch files beside it, with PyTorch 1.13: the reader's test data."""
import collections
import os
import torch

here = os.path.dirname(os.path.abspath(__file__))
base = torch.arange(24, dtype=torch.float32) / 8
state = collections.OrderedDict()
state["module.plain"] = base.reshape(2, 3, 4).clone()
state["module.transposed"] = base.reshape(4, 6).t()
state["module.view"] = base[5:17:3]
state["module.parameter"] = torch.nn.Parameter(torch.tensor([[-1.5, 2.25]]))
state["module.half"] = torch.tensor([1.0, -0.5, 65504.0, 6e-8]).half()
state["module.bfloat"] = torch.tensor([1.5, -3.0]).bfloat16()
state["module.double"] = torch.tensor([0.1], dtype=torch.float64)
state["module.long"] = torch.tensor([-7, 123456789])
state["module.scalar"] = torch.tensor(4.0)
state["module.empty"] = torch.zeros(0, 3)
state["module.bn.num_batches_tracked"] = torch.tensor(99)
torch.save({"epoch": 3, "note": None, "best": 1.5, "state_dict": state},
           os.path.join(here, "wrapped.pth"))
torch.save({"a": torch.ones(2)}, os.path.join(here, "legacy.pth"),
           _use_new_zipfile_serialization=False)


class Net(torch.nn.Module):
    def forward(self, x):
        return x + 1


torch.jit.script(Net()).save(os.path.join(here, "torchscript.pt"))
torch.save(torch.nn.Linear(2, 1), os.path.join(here, "module.pth"))
