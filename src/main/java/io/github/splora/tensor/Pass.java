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

/**
 * What one walk over a layer's weights is to bring back. Whoever wants something asks for it before the walk and takes
 * the result afterwards; however many ask, each byte is read once. No {@code [out, in]} matrix ever exists.
 */
public final class Pass {

    private final List<Product> products = new ArrayList<>();
    private final List<RowInner> rowInners = new ArrayList<>();
    private final List<Inner> inners = new ArrayList<>();
    private final List<Contraction> contractions = new ArrayList<>();
    private boolean isFloat64Demanded;

    /**
     * A product with a thin matrix.
     *
     * @param operand M : [out, in]
     * @param transposed whether Mᵀ is meant
     * @param thin X : [in, k], or [out, k] for Mᵀ
     * @param result takes {@code M X : [out, k]} or {@code Mᵀ X : [in, k]}
     */
    public record Product(Operand operand, boolean transposed, Matrix thin, Consumer<Matrix> result) {

        /**
         * Whether stored rows are weighed with the thin matrix's and added up, and not each multiplied with it: if exactly one of
         * the two, the storage and the operand, is transposed.
         */
        public boolean isCrosswise(Weights weights) {
            return transposed != weights.transposed();
        }
    }

    /**
     * The inner product of an operand with a product of thin factors.
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
     * @param slot receives one number for each of the layer's outputs
     */
    record RowInner(Operand left, Operand right, Slot<double[]> slot) {}

    /**
     * The inner product of two whole operands.
     *
     * @param slot receives it
     */
    public record Inner(Operand left, Operand right, Slot<Double> slot) {}

    /** Where a result will be. */
    public static final class Slot<T> {
        private T value;

        private Slot() {}

        /** The result. */
        public T get() {
            return Optional.ofNullable(value).orElseThrow(() -> new IllegalStateException("the walk is still to come"));
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

    /** Asks for {@code ⟨left_o, right_o⟩} of each output o; one walk computes the same one only once. */
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

    /** Asks for {@code ⟨left, right⟩}, of an operand with itself {@code ‖M‖²}; one walk computes it only once. */
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

    /** Asks for {@code ⟨M, BA⟩}, by way of the thin product that the kernel is better at. */
    public Slot<Double> inner(Operand operand, Matrix b, Matrix a) {
        Contraction contraction = new Contraction(operand, b, a, new Slot<>());
        contractions.add(contraction);
        return contraction.slot();
    }

    /** Asks for float64 throughout, for numbers of which small differences count. */
    public void demandFloat64() {
        isFloat64Demanded = true;
    }

    /**
     * Whether float32 is too little for what was asked: W itself is much larger than what anyone is after, which comes out of
     * differences of its products.
     */
    public boolean isFloat64Wanted() {
        return isFloat64Demanded || !rowInners.isEmpty() || operands().contains(Operand.ALIGNED);
    }

    public boolean isEmpty() {
        return contractions.isEmpty() && products.isEmpty() && rowInners.isEmpty() && inners.isEmpty();
    }

    /**
     * All thin products.
     *
     * @param transposed which of the two ways to take where either will do
     */
    public List<Product> products(boolean transposed) {
        return Stream.concat(products.stream(), contractions.stream().map(each -> each.asProduct(transposed)))
                .toList();
    }

    public List<Inner> inners() {
        return inners;
    }

    /**
     * Inner products of rows, for a kernel that knows no others.
     *
     * @param result takes one number for each of the layer's outputs
     */
    public record ByRow(Operand left, Operand right, Consumer<double[]> result) {}

    /** All inner products, whole ones as sums over rows. */
    public List<ByRow> innersByRow() {
        return Stream.concat(
                        rowInners.stream().map(inner -> new ByRow(inner.left(), inner.right(), inner.slot()::set)),
                        inners.stream()
                                .map(inner -> new ByRow(inner.left(), inner.right(), rows -> inner.slot()
                                        .set(Arrays.stream(rows).sum()))))
                .toList();
    }

    /** The matrices that its operands are made of: the aligned one, and then base and adapted, if they are. */
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

    /** All that must be made of the weights. */
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
