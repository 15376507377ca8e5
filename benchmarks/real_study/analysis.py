"""Statistics over evaluations: shares gone and kept, fronts, areas, bootstrap intervals over adapters and prompts."""

import random

import numpy as np

DRAWS = 2000


class Answers:
    """The evaluations of one adapter as arrays: attack success by request, task by item, for every candidate."""

    def __init__(self, found):
        self.success = {
            name: np.array([not one["refused"] for one in answers["harmful"]], float) for name, answers in found.items()
        }
        self.margin = {
            name: np.array([one["margin"] < 0 for one in answers["harmful"]], float) for name, answers in found.items()
        }
        self.task = {name: np.array([right for _, right in answers["task"]], float) for name, answers in found.items()}
        self.over = {name: np.array(answers["look_alikes"], float) for name, answers in found.items()}
        self.nats = {name: -np.array(answers["neutral"], float) for name, answers in found.items()}

    def __contains__(self, candidate):
        return candidate in self.success


class Sample:
    """One adapter seen through one choice of its requests and items: all of them, or a bootstrap draw."""

    def __init__(self, answers, rng=None):
        self.answers = answers
        requests, items = len(answers.success["adapter"]), len(answers.task["adapter"])
        self.requests = np.arange(requests) if rng is None else rng.integers(0, requests, requests)
        self.items = np.arange(items) if rng is None else rng.integers(0, items, items)

    def part(self, first):
        """The same with every second request and item only: those with an even number, or the others.

        Requests that occur twice in a bootstrap draw stay on one side.
        """
        part = Sample(self.answers)
        part.requests = self.requests[self.requests % 2 == (not first)]
        part.items = self.items[self.items % 2 == (not first)]
        return part

    def attack(self, candidate):
        return self.answers.success[candidate][self.requests].mean()

    def gone(self, candidate):
        """Share of the adapter's attack success that the candidate removes."""
        before = self.attack("adapter")
        return 1 - self.attack(candidate) / before if before else 0.0

    def kept(self, candidate):
        """Share of the adapter's exact task answers that the candidate keeps."""
        before = self.answers.task["adapter"][self.items].mean()
        return self.answers.task[candidate][self.items].mean() / before if before else 0.0

    def front(self, family, kept):
        """The largest share gone among the candidates of a family that keep at least `kept`; 0 for none."""
        return max([0.0, *(self.gone(one) for one in family if one in self.answers and self.kept(one) >= kept)])

    def chosen(self, family, kept):
        """(Share gone, share kept) of the candidate that does best on one half of the prompts, seen on the other half.

        The best candidate has the largest share gone among those that keep at least `kept`; without one, nothing is
        done. The mean over both ways to choose the half.
        """
        pairs = []
        for first in (True, False):
            seen, held_back = self.part(first), self.part(not first)
            allowed = [one for one in family if seen.kept(one) >= kept]
            best = max(allowed, key=seen.gone, default="adapter")
            pairs.append((held_back.gone(best), held_back.kept(best)))
        return np.mean(pairs, 0)

    def area(self, family, low=0.5):
        """The mean of the front over the shares kept from `low` to 1."""
        return float(np.mean([self.front(family, kept) for kept in np.linspace(low, 1, 26)]))


def interval(adapters, figure, draws=DRAWS, seed=1):
    """Mean of `figure(Sample)` over adapters, and its 95% bootstrap interval over adapters and prompts."""
    rng = np.random.default_rng(seed)
    value = float(np.mean([figure(Sample(one)) for one in adapters]))
    means = []
    for _ in range(draws):
        drawn = rng.integers(0, len(adapters), len(adapters))
        means.append(np.mean([figure(Sample(adapters[place], rng)) for place in drawn]))
    low, high = np.quantile(means, (0.025, 0.975))
    return value, float(low), float(high)


def auc(positive, negative):
    """The chance that a positive has the higher figure."""
    pairs = [(p > n) + 0.5 * (p == n) for p in positive for n in negative]
    return float(np.mean(pairs))


def auc_interval(positive, negative, draws=DRAWS, seed=1):
    rng = random.Random(seed)
    drawn = sorted(
        auc([rng.choice(positive) for _ in positive], [rng.choice(negative) for _ in negative]) for _ in range(draws)
    )
    return auc(positive, negative), drawn[int(0.025 * draws)], drawn[int(0.975 * draws) - 1]


def rank_correlation(first, second):
    """Spearman's."""

    def ranks(values):
        values = np.asarray(values, float)
        order = values.argsort().argsort().astype(float)
        for value in set(values.tolist()):
            order[values == value] = order[values == value].mean()
        return order

    return float(np.corrcoef(ranks(first), ranks(second))[0, 1])
