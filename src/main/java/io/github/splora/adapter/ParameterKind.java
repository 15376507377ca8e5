package io.github.splora.adapter;

import io.github.splora.linalg.Matrix;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A parameter named in {@code target_parameters}: the stacked weights {@code [E, out, in]} of E experts, which some
 * models store as {@code [E, in, out]}, or a single matrix (E = 1). Its factors are stored in {@code A : [r·E, in]},
 * expert by expert, and {@code B : [out, r·E]}, rank by rank:
 *
 * <pre>ΔW_e = s B_e A_e,   A_e = A[e·r … e·r + r − 1, :],   B_e[:, ρ] = B[:, ρ·E + e]</pre>
 *
 * @param rank the rank r of one expert, from the config
 * @see <a href="https://github.com/huggingface/peft/blob/main/src/peft/tuners/lora/layer.py">PEFT's ParamWrapper</a>
 */
record ParameterKind(int rank) implements LayerKind {

    @Override
    public String label() {
        return "parameter";
    }

    @Override
    public boolean onParameter() {
        return true;
    }

    @Override
    public Optional<Misfit> misfit(StoredTensor loraA, StoredTensor loraB) {
        Optional<Misfit> noMatrix = Stream.of(loraA, loraB)
                .filter(tensor -> tensor.shape().size() != 2)
                .findFirst()
                .map(tensor -> new Misfit(tensor, "must be a matrix"));
        if (noMatrix.isPresent()) {
            return noMatrix;
        }
        long rows = loraA.shape().get(0);
        if (rows % rank != 0) {
            return Optional.of(new Misfit(
                    loraA, "the first dimension must be a multiple of rank " + rank + ", one rank per expert"));
        }
        return loraB.shape().get(1) == rows
                ? Optional.empty()
                : Optional.of(new Misfit(loraB, "must have as many columns as lora_A has rows, " + rows));
    }

    @Override
    public Dimensions dimensions(StoredTensor loraA, StoredTensor loraB) {
        int experts = Math.toIntExact(loraA.shape().get(0) / rank);
        return new Dimensions(loraB.shape().get(0), loraA.shape().get(1), rank, experts);
    }

    @Override
    public Set<Boolean> transpositions(Dimensions d, List<Long> weightShape) {
        Set<Boolean> fitting = new TreeSet<>();
        if (weightShapes(d).contains(weightShape)) {
            fitting.add(false);
        }
        if (weightShape.equals(List.of((long) d.matrices(), d.in(), d.out()))) {
            fitting.add(true);
        }
        return fitting;
    }

    @Override
    public List<List<Long>> weightShapes(Dimensions d) {
        List<Long> stack = List.of((long) d.matrices(), d.out(), d.in());
        return d.matrices() == 1 ? List.of(List.of(d.out(), d.in()), stack) : List.of(stack);
    }

    @Override
    public List<Factors> factors(StoredTensor loraA, StoredTensor loraB) {
        Dimensions d = dimensions(loraA, loraB);
        double[] a = Values.of(loraA);
        double[] b = Values.of(loraB);
        int in = Math.toIntExact(d.in());
        int out = Math.toIntExact(d.out());
        List<Factors> factors = new ArrayList<>();
        for (int e = 0; e < d.matrices(); e++) {
            Matrix ofA = Matrix.zeros(rank, in);
            System.arraycopy(a, e * rank * in, ofA.values(), 0, rank * in);
            Matrix ofB = Matrix.zeros(out, rank);
            for (int i = 0; i < out * rank; i++) {
                ofB.values()[i] = b[i * d.matrices() + e];
            }
            factors.add(new Factors(ofA, ofB));
        }
        return factors;
    }

    @Override
    public double[] valuesOfA(List<Factors> factors) {
        return factors.stream()
                .flatMapToDouble(each -> Arrays.stream(each.a().values()))
                .toArray();
    }

    @Override
    public double[] valuesOfB(List<Factors> factors) {
        int experts = factors.size();
        double[] b = new double[experts * factors.get(0).b().values().length];
        for (int i = 0; i < b.length; i++) {
            b[i] = factors.get(i % experts).b().values()[i / experts];
        }
        return b;
    }
}
