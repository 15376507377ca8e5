package io.github.splora.tensor;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import io.github.splora.linalg.Matrix;
import io.github.splora.pairing.Weights;
import io.github.splora.storage.StoredMatrix;
import io.github.splora.tensor.Pass.ByRow;
import io.github.splora.tensor.Pass.Product;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * For GPUs: bytes go to the device as they are stored, and a TorchScript module computes there. It runs on a CPU as well,
 * slower than {@link DjlKernel}, which is how it is tested.
 *
 * <p>Calls return before the device has done the work. So one block is read from its files while the one before it is
 * copied and computed; a block's memory is read into again only when the device is known to be done with it.
 *
 * <p>Everything but the subtraction is float64, on every card, so that results are those of the CPU. A product takes 2·r
 * flop for each weight, and pairs of weights come at the speed of the bus, some 6·10⁹ a second: a card that computes
 * float64 at 1/64 of its speed, some 10¹² flop/s, keeps up with one product for ranks up to about 64.
 */
final class TorchScriptKernel implements Kernel {

  /** Stored bytes of the widest matrix in a block: large enough to keep the bus busy, small beside a GPU's memory. */
  private static final int BLOCK_BYTES = 16 << 20;
  private static final int LEAST_BLOCK_BYTES = 1 << 20;
  /** Walks at a time: the device is one, and more than one reading while another one computes only take memory. */
  private static final int WALKS = 2;

  private final TensorEngine engine;
  private final TorchModule module;
  private final int blockBytes;
  private final Semaphore places = new Semaphore(WALKS);

  TorchScriptKernel(TensorEngine engine) {
    this(engine, BLOCK_BYTES);
  }

  TorchScriptKernel(TensorEngine engine, int blockBytes) {
    this.engine = engine;
    this.blockBytes = blockBytes;
    this.module = TorchModule.load(engine.newScope());
  }

  @Override
  public void run(Pass pass, Weights weights) {
    if (pass.isEmpty()) {
      return;
    }
    places.acquireUninterruptibly();
    try {
      TorchModule.interpretOnThisThread();
      runInMemory(pass, weights, blockBytes);
    } catch (EngineException e) {
      throw DeviceFailure.of(e, engine.device());
    } finally {
      places.release();
    }
  }

  /** With ever smaller blocks while they do not fit into the device's memory. */
  private void runInMemory(Pass pass, Weights weights, int bytes) {
    try (NDManager scope = engine.newScope()) {
      new Walk(pass, weights, bytes, scope).run();
      return;
    } catch (EngineException e) {
      if (!DeviceFailure.isOutOfMemory(e) || bytes / 4 < LEAST_BLOCK_BYTES) {
        throw e;
      }
    }
    JniUtils.emptyCudaCache();
    runInMemory(pass, weights, bytes / 4);
  }

  /** One walk, by one thread. */
  private final class Walk {

    private final Weights weights;
    private final NDManager scope;
    private final int rowsPerBlock;
    private final Map<StoredMatrix, RowReader> readers = new HashMap<>();
    private final List<Map<StoredMatrix, Staging>> turns = List.of(new HashMap<>(), new HashMap<>());
    private final List<ProductSum> products;
    private final List<InnerSum> inners;

    Walk(Pass pass, Weights weights, int bytes, NDManager scope) {
      this.weights = weights;
      this.scope = scope;
      this.rowsPerBlock = (int) Math.max(1, bytes / widestRow(weights));
      this.products = pass.products(false).stream().map(product -> new ProductSum(product, weights, scope)).toList();
      this.inners = pass.innersByRow().stream().map(inner -> new InnerSum(inner, weights, scope)).toList();
      for (StoredMatrix matrix : new LinkedHashSet<>(pass.matricesOf(weights))) {
        readers.put(matrix, new RowReader(matrix));
        for (Map<StoredMatrix, Staging> turn : turns) {
          turn.put(matrix, staging(matrix));
        }
      }
    }

    private Staging staging(StoredMatrix matrix) {
      return new Staging(
          Math.min(rowsPerBlock, matrix.rows()) * matrix.columns(), engine.isGpu(), module, scope);
    }

    void run() {
      int block = 0;
      for (BlockRows rows : BlockRows.of(weights.matrices(), rowsPerBlock)) {
        Map<StoredMatrix, Staging> turn = turns.get(block++ % turns.size());
        turn.forEach((matrix, staging) -> staging.read(rows, readers.get(matrix)));
        // The device is done with the block before this one, whose memory is read into next.
        awaitDevice();
        try (NDManager blockScope = scope.newSubManager()) {
          Block operands = new Block(turn, blockScope);
          products.forEach(product -> product.add(rows, operands));
          inners.forEach(inner -> inner.add(rows, operands));
        }
      }
      products.forEach(ProductSum::finish);
      inners.forEach(InnerSum::finish);
    }

    /** Whatever is asked of a device comes after what was asked before. */
    private void awaitDevice() {
      NDArray any = products.isEmpty() ? inners.get(0).sum : products.get(0).sum;
      module.make(scope, "first", any).close();
    }

    /** The operands' rows of one block, each made when it is first asked for. */
    private final class Block {

      private final Map<StoredMatrix, Staging> turn;
      private final NDManager blockScope;
      private final Map<StoredMatrix, NDArray> uploaded = new HashMap<>();
      private final Map<Operand, NDArray> made = new EnumMap<>(Operand.class);

      Block(Map<StoredMatrix, Staging> turn, NDManager blockScope) {
        this.turn = turn;
        this.blockScope = blockScope;
      }

      /** {@code [rows, columns]} as stored, FLOAT64. */
      NDArray of(Operand operand) {
        return made.computeIfAbsent(operand, o -> switch (o) {
          case ALIGNMENT_DELTA -> difference(weights.aligned(), weights.base());
          case ALIGNED -> module.make(blockScope, "wide", rows(weights.aligned()));
          case ADAPTED_DELTA -> difference(weights.adapted().orElseThrow(), weights.aligned());
        });
      }

      private NDArray difference(StoredMatrix from, StoredMatrix minus) {
        return module.make(blockScope, "difference", rows(from), rows(minus));
      }

      private NDArray rows(StoredMatrix matrix) {
        return uploaded.computeIfAbsent(matrix,
            m -> turn.get(m).upload(weights.aligned().columns(), engine.torchDevice(), blockScope));
      }
    }

    /** One product as it grows on the device. */
    private final class ProductSum {

      private final Product product;
      private final NDArray thin;
      private final NDArray sum;
      private final boolean crosswise;

      ProductSum(Product product, Weights weights, NDManager scope) {
        Matrix x = product.thin();
        this.product = product;
        this.thin = scope.create(x.values(), new Shape(x.rows(), x.columns()));
        // Stored rows times X, unless exactly one of the two, the storage and the operand, is transposed.
        this.crosswise = product.transposed() != weights.transposed();
        long height = crosswise ? weights.aligned().columns() : weights.aligned().rows();
        this.sum = zeros(height, x.columns(), scope);
      }

      void add(BlockRows rows, Block block) {
        module.change("multiply", sum, block.of(product.operand()), thin, rows.first(), crosswise);
      }

      void finish() {
        product.result().accept(new Matrix(Math.toIntExact(sum.getShape().get(0)),
            Math.toIntExact(sum.getShape().get(1)), sum.toDoubleArray()));
      }
    }

    /** Inner products of rows, or of columns where the storage is transposed. */
    private final class InnerSum {

      private final ByRow inner;
      private final NDArray sum;
      private final boolean crosswise;

      InnerSum(ByRow inner, Weights weights, NDManager scope) {
        this.inner = inner;
        this.crosswise = weights.transposed();
        this.sum = zeros(weights.outFeatures(), 1, scope);
      }

      void add(BlockRows rows, Block block) {
        module.change("inner", sum, block.of(inner.left()), block.of(inner.right()), rows.first(), crosswise);
      }

      void finish() {
        inner.result().accept(sum.toDoubleArray());
      }
    }

    private NDArray zeros(long rows, long columns, NDManager scope) {
      return module.make(scope, "zeros", rows, columns, engine.torchDevice());
    }
  }

  private static long widestRow(Weights weights) {
    return weights.matrices().stream().mapToLong(RowReader::stagedRowBytes).max().orElseThrow();
  }
}
