package io.github.splora.tensor;

import io.github.splora.error.BadInputException;
import io.github.splora.storage.StoredMatrix;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Blocks of rows of matrices that are walked over together, one after the other: while one is worked on, the next is read
 * from the files.
 */
final class BlockSource {

  /** Threads that mostly wait for the disk; none of them keeps the process alive. */
  private static final ExecutorService READERS = Executors.newCachedThreadPool(task -> {
    Thread thread = new Thread(task, "read-ahead");
    thread.setDaemon(true);
    return thread;
  });

  private final List<StoredMatrix> matrices;
  private final Iterator<BlockRows> rows;
  /** Two sets, by turns. */
  private final List<List<StoredBlock>> places;
  private Future<?> reading;

  /** @param memory nobody else reads into it meanwhile */
  BlockSource(List<StoredMatrix> matrices, List<BlockRows> rows, LoopMemory memory) {
    this.matrices = matrices;
    this.rows = rows.iterator();
    this.places = new ArrayList<>(memory.blocks(matrices.size()));
    readAhead();
  }

  /**
   * The next block of each matrix, in their order; those that were returned before are read into again.
   *
   * @throws BadInputException if a file was cut short, changed, or cannot be read
   */
  List<StoredBlock> next() {
    try {
      reading.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while reading", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
    List<StoredBlock> ready = places.remove(0);
    places.add(ready);
    readAhead();
    return ready;
  }

  private void readAhead() {
    if (!rows.hasNext()) {
      return;
    }
    BlockRows next = rows.next();
    List<StoredBlock> into = places.get(0);
    reading = READERS.submit(() -> {
      for (int i = 0; i < into.size(); i++) {
        into.get(i).read(matrices.get(i), next);
      }
    });
  }
}
