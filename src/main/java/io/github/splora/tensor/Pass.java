package io.github.splora.tensor;

import io.github.splora.linalg.Matrix;
import io.github.splora.pairing.Weights;
import io.github.splora.storage.StoredMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The results that one walk over a layer's weights computes. Callers ask for results before the walk and fetch them
 * afterwards; each byte is read once, no matter how many callers there are. No {@code [out, in]} matrix is ever built.
 */
public final class Pass {

    private final List<Product> products = new ArrayList<>();
    private final List<RowInner> rowInners = new ArrayList<>();
    private final List<Inner> inners = new ArrayList<>();
    private final List<Contraction> contractions = new ArrayList<>();
    private boolean isFloat64Demanded;

    /**
     * A product with a tall-skinny matrix.
     *
     * @param operand M : [out, in]
     * @param transposed whether to multiply Mᵀ instead of M
     * @param tallSkinny X : [in, k], or [out, k] for Mᵀ
     * @param result receives {@code M X : [out, k]} or {@code Mᵀ X : [in, k]}
     */
    public record Product(Operand operand, boolean transposed, Matrix tallSkinny, Consumer<Matrix> result) {

        /**
         * Whether the stored matrix S is multiplied transposed, {@code SᵀX}, as a sum of weighted stored rows: if exactly one of
         * storage and operand is transposed.
         */
        public boolean isTransposedAsStored(Weights weights) {
            return transposed != weights.transposed();
        }
    }

    /**
     * The inner product of an operand with a low-rank product.
     *
     * @param b B : [out, k]
     * @param a A : [k, in]
     * @param slot receives {@code ⟨M, BA⟩}
     */
    private record Contraction(Operand operand, Matrix b, Matrix a, Slot<Double> slot) {

        /** Either {@code ⟨B, M Aᵀ⟩} or {@code ⟨Aᵀ, MᵀB⟩}. */
        Product asProduct(boolean transposed) {
            Matrix transposedA = a.transpose();
            return transposed
                    ? new Product(operand, true, b, product -> slot.set(transposedA.inner(product)))
                    : new Product(operand, false, transposedA, product -> slot.set(b.inner(product)));
        }
    }

    /**
     * Inner products of two operands' rows.
     *
     * @param slot receives one number per output of the layer
     */
    record RowInner(Operand left, Operand right, Slot<double[]> slot) {}

    /**
     * The inner product of two whole operands.
     *
     * @param slot receives the inner product
     */
    public record Inner(Operand left, Operand right, Slot<Double> slot) {}

    /** A result, available after the walk. */
    public static final class Slot<T> {
        private @Nullable T value;

        private Slot() {}

        /** Returns the result. */
        public T get() {
            return Optional.ofNullable(value)
                    .orElseThrow(() -> new IllegalStateException("the result is not there before the walk"));
        }

        public void set(T result) {
            value = result;
        }
    }

    /** Asks for {@code M X : [out, k]}. */
    public Slot<Matrix> times(Operand operand, Matrix x) {
        return product(operand, false, x);
    }

    /** Asks for {@code Mᵀ X : [in, k]}. */
    public Slot<Matrix> transposeTimes(Operand operand, Matrix x) {
        return product(operand, true, x);
    }

    /** Asks for {@code ⟨left_o, right_o⟩} of each output o; the same request is computed only once per walk. */
    public Slot<double[]> rowInner(Operand left, Operand right) {
        Optional<RowInner> known = rowInners.stream()
                .filter(inner -> inner.left() == left && inner.right() == right)
                .findFirst();
        if (known.isPresent()) {
            return known.get().slot();
        }
        RowInner inner = new RowInner(left, right, new Slot<>());
        rowInners.add(inner);
        return inner.slot();
    }

    /** Asks for {@code ⟨left, right⟩}, which is {@code ‖M‖²} if both are M; the same request is computed only once per walk. */
    public Slot<Double> inner(Operand left, Operand right) {
        Optional<Inner> known = inners.stream()
                .filter(inner -> inner.left() == left && inner.right() == right)
                .findFirst();
        if (known.isPresent()) {
            return known.get().slot();
        }
        Inner inner = new Inner(left, right, new Slot<>());
        inners.add(inner);
        return inner.slot();
    }

    /** Asks for {@code ⟨M, BA⟩}, computed from whichever of {@code M Aᵀ} and {@code MᵀB} the kernel prefers. */
    public Slot<Double> inner(Operand operand, Matrix b, Matrix a) {
        Contraction contraction = new Contraction(operand, b, a, new Slot<>());
        contractions.add(contraction);
        return contraction.slot();
    }

    /** Demands float64 throughout, for results that depend on small differences. */
    public void demandFloat64() {
        isFloat64Demanded = true;
    }

    /**
     * Whether float32 is not precise enough for what was asked. Products of W itself need float64, because results come from
     * small differences between them.
     */
    public boolean isFloat64Wanted() {
        return isFloat64Demanded || !rowInners.isEmpty() || operands().contains(Operand.ALIGNED);
    }

    public boolean isEmpty() {
        return contractions.isEmpty() && products.isEmpty() && rowInners.isEmpty() && inners.isEmpty();
    }

    /**
     * Returns all products with tall-skinny matrices.
     *
     * @param transposed which of the two products to use for {@code ⟨M, BA⟩}
     */
    public List<Product> products(boolean transposed) {
        return Stream.concat(products.stream(), contractions.stream().map(each -> each.asProduct(transposed)))
                .toList();
    }

    public List<Inner> inners() {
        return inners;
    }

    /**
     * Inner products of rows, for a kernel that computes no others.
     *
     * @param result receives one number per output of the layer
     */
    public record ByRow(Operand left, Operand right, Consumer<double[]> result) {}

    /** Returns all inner products; those of whole operands are sums over rows. */
    public List<ByRow> innersByRow() {
        return Stream.concat(
                        rowInners.stream().map(inner -> new ByRow(inner.left(), inner.right(), inner.slot()::set)),
                        inners.stream()
                                .map(inner -> new ByRow(inner.left(), inner.right(), rows -> inner.slot()
                                        .set(Arrays.stream(rows).sum()))))
                .toList();
    }

    /** Returns the stored matrices that the operands need: aligned, then base and adapted if needed. */
    public List<StoredMatrix> matricesOf(Weights weights) {
        Set<Operand> operands = operands();
        List<StoredMatrix> matrices = new ArrayList<>(List.of(weights.aligned()));
        if (operands.contains(Operand.ALIGNMENT_DELTA)) {
            matrices.add(weights.base());
        }
        if (operands.contains(Operand.ADAPTED_DELTA)) {
            matrices.add(weights.adapted().orElseThrow());
        }
        return matrices;
    }

    /** Returns the operands that the results depend on. */
    public Set<Operand> operands() {
        Set<Operand> operands = EnumSet.noneOf(Operand.class);
        products.forEach(product -> operands.add(product.operand()));
        contractions.forEach(contraction -> operands.add(contraction.operand()));
        rowInners.forEach(inner -> operands.addAll(List.of(inner.left(), inner.right())));
        inners.forEach(inner -> operands.addAll(List.of(inner.left(), inner.right())));
        return operands;
    }

    private Slot<Matrix> product(Operand operand, boolean transposed, Matrix x) {
        Slot<Matrix> slot = new Slot<>();
        products.add(new Product(operand, transposed, x, slot::set));
        return slot;
    }
}
