package io.github.splora.linalg;

import java.util.concurrent.TimeUnit;
import org.ejml.concurrency.EjmlConcurrency;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.CommonOps_MT_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_MT_DDRM;
import org.ejml.interfaces.decomposition.QRDecomposition;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * splora's products and orthonormal bases against EJML's, single-threaded and with EJML's own threads.
 *
 * <p>CPU time of EJML (single-threaded) relative to splora's, EJML 0.44.0, Java 17, one Xeon core with AVX2; the fastest of at
 * least six calls each, in turn, because the machine was busy:
 *
 * <pre>
 *                  4096 × 16  4096 × 240  11008 × 64  256 × 256
 * times                 1.44        1.43        1.54       1.37
 * transposeTimes        1.43        1.90        1.57       1.51
 * gramOfRows            0.95        0.97        1.00       1.00
 * basis                 1.00        1.80        1.71       0.35
 * </pre>
 *
 * <p>splora's own code stays. EJML's products are slower, except for Gram matrices of rows, where it is level. Its QR
 * decomposition is faster for a square matrix alone, which needs a basis only where a layer has no more rows or columns than
 * the sketch; there it would change the last bits of results, and it does not drop dependent columns. EJML's threads would
 * not help, because modules already run on all cores in parallel; the busy machine gave no usable times for them.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
public class MatrixBenchmark {

    /** Whose code computes. */
    public enum Library {
        SPLORA,
        EJML,
        EJML_THREADS
    }

    @Param
    public Library library;

    /** Rows and columns of a tall-skinny matrix Y, and one small square matrix. */
    @Param({"4096x16", "4096x240", "11008x64", "256x256"})
    public String shape;

    private Matrix tall;
    private Matrix wide;
    private Matrix square;
    private DMatrixRMaj ejmlTall;
    private DMatrixRMaj ejmlWide;
    private DMatrixRMaj ejmlSquare;
    private int rows;
    private int columns;

    @Setup
    public void setUp() {
        String[] sizes = shape.split("x");
        rows = Integer.parseInt(sizes[0]);
        columns = Integer.parseInt(sizes[1]);
        tall = Matrix.random(rows, columns, 1);
        wide = tall.transpose();
        square = Matrix.random(columns, columns, 2);
        ejmlTall = wrap(tall);
        ejmlWide = wrap(wide);
        ejmlSquare = wrap(square);
        if (library == Library.EJML_THREADS) {
            EjmlConcurrency.setMaxThreads(Runtime.getRuntime().availableProcessors());
        }
    }

    /** {@code Y·S} with {@code S : [k, k]}. */
    @Benchmark
    public Object times() {
        if (library == Library.SPLORA) {
            return tall.times(square);
        }
        DMatrixRMaj product = new DMatrixRMaj(rows, columns);
        return library == Library.EJML
                ? CommonOps_DDRM.mult(ejmlTall, ejmlSquare, product)
                : CommonOps_MT_DDRM.mult(ejmlTall, ejmlSquare, product);
    }

    /** {@code YᵀY : [k, k]}, as {@link Matrix#transposeTimes} computes it. */
    @Benchmark
    public Object transposeTimes() {
        if (library == Library.SPLORA) {
            return tall.transposeTimes(tall);
        }
        DMatrixRMaj product = new DMatrixRMaj(columns, columns);
        return library == Library.EJML
                ? CommonOps_DDRM.multTransA(ejmlTall, ejmlTall, product)
                : CommonOps_MT_DDRM.multTransA(ejmlTall, ejmlTall, product);
    }

    /** {@code AAᵀ : [k, k]} of {@code A = Yᵀ}, as {@link Matrix#gramOfRows} computes it. */
    @Benchmark
    public Object gramOfRows() {
        if (library == Library.SPLORA) {
            return wide.gramOfRows();
        }
        DMatrixRMaj product = new DMatrixRMaj(columns, columns);
        if (library == Library.EJML) {
            CommonOps_DDRM.multOuter(ejmlWide, product);
            return product;
        }
        return CommonOps_MT_DDRM.multTransB(ejmlWide, ejmlWide, product);
    }

    /** An orthonormal basis of Y's columns: {@link Orthonormal#basis} against Q of a Householder QR decomposition. */
    @Benchmark
    public Object basis() {
        if (library == Library.SPLORA) {
            return Orthonormal.basis(tall);
        }
        QRDecomposition<DMatrixRMaj> qr = library == Library.EJML
                ? DecompositionFactory_DDRM.qr(rows, columns)
                : DecompositionFactory_MT_DDRM.qr(rows, columns);
        if (!qr.decompose(ejmlTall.copy())) {
            throw new IllegalStateException("EJML found no QR decomposition");
        }
        return qr.getQ(null, true);
    }

    private static DMatrixRMaj wrap(Matrix matrix) {
        return DMatrixRMaj.wrap(matrix.rows(), matrix.columns(), matrix.values());
    }
}
