"""What the layers of a model read: second moments of their inputs, as thin factors.

For inputs x of a layer, a factor K : [rank, in] has KᵀK ≈ mean(x xᵀ); equal if there were no more inputs than its rank.
"""

import torch


class NotFinite(Exception):
    """A layer read numbers that are not finite."""


class Factor:
    """A factor that grows by inputs and keeps the strongest directions."""

    def __init__(self, rank):
        self.rank, self.count, self.rows = rank, 0, None
        self.waiting = []

    def add(self, inputs):
        """Adds inputs [n, in]."""
        inputs = inputs.detach().to("cpu", torch.float32)
        if not inputs.isfinite().all():
            raise NotFinite
        self.count += len(inputs)
        for part in inputs.split(2 * self.rank):
            self.waiting.append(part)
            if sum(map(len, self.waiting)) >= 2 * self.rank:
                self.compress()

    def compress(self):
        rows = torch.cat([*([] if self.rows is None else [self.rows]), *self.waiting])
        self.waiting = []
        if len(rows) > rows.shape[1]:
            rows = torch.linalg.qr(rows.double(), mode="r")[1].float()  # the same product, with as many rows as columns
        if len(rows) > self.rank:
            wide = rows.double()
            _, vectors = torch.linalg.eigh(wide @ wide.T)
            rows = vectors[:, -self.rank :].T.float() @ rows
        self.rows = rows

    def result(self):
        """Returns K, or None if there were no inputs."""
        if not self.count:
            return None
        if self.waiting:
            self.compress()
        return self.rows / self.count**0.5


class Recorder:
    """Watches layers of a model while it reads conversations; layers that always read the same share one factor."""

    def __init__(self, model, layers, rank):
        self.model, self.rank = model, rank
        self.layers = {name: model.get_submodule(name) for name in layers}
        self.names = {}

    def group(self, ids):
        """Finds for each layer the first one that reads the same tensor."""
        seen = {}
        self.read(ids, lambda name, inputs: seen.setdefault(name, inputs))
        firsts = {}
        for name, inputs in seen.items():  # all of them are still in memory, so equal addresses mean the same tensor
            self.names[name] = firsts.setdefault((inputs.data_ptr(), inputs.shape), name) if inputs.numel() else name
        for name in self.layers:
            self.names.setdefault(name, name)

    @torch.no_grad()
    def read(self, ids, see):
        hooks = [
            layer.register_forward_pre_hook(lambda _, inputs, name=name: see(name, inputs[0]))
            for name, layer in self.layers.items()
        ]
        try:
            self.model(input_ids=torch.tensor([ids], device=self.model.device), use_cache=False)
        finally:
            for hook in hooks:
                hook.remove()

    def record(self, conversations, skipped, told):
        """Returns a factor for each group of layers, of the inputs at all but the first `skipped` tokens."""
        if not self.names:
            self.group(conversations[0])
        factors = {name: Factor(self.rank) for name in self.names.values()}

        def see(name, inputs, ids):
            if name in factors:
                # The inputs of all tokens, in their order. Of an expert, all that were sent to it count.
                rows = inputs.reshape(-1, inputs.shape[-1])
                factors[name].add(rows[skipped:] if len(rows) == len(ids) else rows)

        for number, ids in enumerate(conversations, 1):
            self.read(ids, lambda name, inputs, ids=ids: see(name, inputs, ids))
            told(number)
        return {name: factor.result() for name, factor in factors.items()}
