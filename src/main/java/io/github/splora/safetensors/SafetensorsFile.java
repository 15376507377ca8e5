package io.github.splora.safetensors;

import io.github.splora.error.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * An open safetensors file: its checked header, and its tensors' bytes on demand. Opening reads the header only; data
 * is mapped into memory, so tensors and files of any size can be read a slice at a time. Safe for use by several
 * threads.
 *
 * <p>The file must not change while it is open. A changed size is noticed whenever bytes are asked for and reported as
 * {@link BadInputException}; if the file shrinks after that, reading a mapped buffer ends in an {@link InternalError}
 * of the JVM, and a file rewritten in place shows through. Files that are replaced by renaming, as
 * {@link SafetensorsWriter} does, are not affected.
 */
public final class SafetensorsFile implements AutoCloseable {

  /** Bytes copied at a time. */
  private static final int CHUNK = 1 << 20;

  private final Path path;
  private final FileChannel channel;
  private final SafetensorsHeader header;
  private final long fileSize;

  private SafetensorsFile(Path path, FileChannel channel, SafetensorsHeader header) {
    this.path = path;
    this.channel = channel;
    this.header = header;
    this.fileSize = header.dataOffset() + header.dataLength();
  }

  /**
   * Opens the file and reads its header.
   *
   * @throws BadInputException if the file is missing, unreadable or not a valid safetensors file
   */
  public static SafetensorsFile open(Path path) {
    refuseAllButFiles(path);
    FileChannel channel = null;
    SafetensorsFile file = null;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ);
      file = new SafetensorsFile(path, channel, HeaderParser.parse(path, channel));
      return file;
    } catch (AccessDeniedException e) {
      throw new BadInputException(path, null, null, "cannot be opened: permission denied", e);
    } catch (IOException e) {
      throw unreadable(path, e);
    } finally {
      if (file == null) {
        closeQuietly(channel);
      }
    }
  }

  private static void refuseAllButFiles(Path path) {
    if (Files.isRegularFile(path)) {
      return;
    }
    throw new BadInputException(path, null, null, whatItIs(path));
  }

  private static String whatItIs(Path path) {
    if (Files.isDirectory(path)) {
      return "is a folder, not a safetensors file";
    }
    if (Files.isSymbolicLink(path) && Files.notExists(path)) {
      return "is a symbolic link to a file that does not exist";
    }
    return Files.notExists(path) ? "does not exist" : "is not a regular file, or its folder may not be searched";
  }

  public Path path() {
    return path;
  }

  public SafetensorsHeader header() {
    return header;
  }

  /**
   * The tensor of that name.
   *
   * @throws BadInputException if the file has no such tensor
   */
  public TensorInfo tensor(String name) {
    TensorInfo tensor = header.tensors().get(name);
    if (tensor == null) {
      throw new BadInputException(path, HeaderField.tensor(name), null, "is not in the file");
    }
    return tensor;
  }

  /**
   * All bytes of a tensor of this file.
   *
   * @return as {@link #map(TensorInfo, long, int)}
   * @throws IllegalArgumentException if it takes more than {@link Integer#MAX_VALUE} bytes: map slices of it instead
   * @throws BadInputException as {@link #map(TensorInfo, long, int)}
   */
  public ByteBuffer map(TensorInfo tensor) {
    if (tensor.byteLength() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          HeaderField.tensor(tensor.name()) + " takes " + tensor.byteLength() + " bytes: map slices of it");
    }
    return map(tensor, 0, (int) tensor.byteLength());
  }

  /**
   * Some bytes of a tensor of this file.
   *
   * @param offset in bytes from the tensor's first
   * @param length in bytes
   * @return read-only, little-endian, from position 0 to {@code length}; it stays valid after {@link #close()}, and its
   *     address need not be aligned to the dtype
   * @throws IndexOutOfBoundsException if the slice is not within the tensor
   * @throws BadInputException if the file's size has changed since it was opened, or it can no longer be read
   */
  public ByteBuffer map(TensorInfo tensor, long offset, int length) {
    Objects.checkFromIndexSize(offset, length, tensor.byteLength());
    try {
      checkUnchanged();
      // Regions may start unaligned and may be empty: FileChannel.map takes care of both.
      return channel.map(MapMode.READ_ONLY, position(tensor) + offset, length).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /** Writes all bytes of a tensor of this file to {@code out}, a chunk at a time. */
  void copy(TensorInfo tensor, WritableByteChannel out) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK, tensor.byteLength()));
    long position = position(tensor);
    long end = position + tensor.byteLength();
    while (position < end) {
      checkUnchanged();
      chunk.clear().limit((int) Math.min(chunk.capacity(), end - position));
      position += Math.max(channel.read(chunk, position), 0);
      chunk.flip();
      while (chunk.hasRemaining()) {
        out.write(chunk);
      }
    }
  }

  private long position(TensorInfo tensor) {
    return header.dataOffset() + tensor.begin();
  }

  private void checkUnchanged() throws IOException {
    long size = channel.size();
    if (size != fileSize) {
      throw new BadInputException(path, "file size", size + " bytes",
          "changed while it was read: it was " + fileSize + " bytes when the file was opened");
    }
  }

  /** Closes the file; buffers that were mapped stay valid. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // The reason why the file could not be opened is on its way already.
    }
  }

  private static BadInputException unreadable(Path path, IOException e) {
    return new BadInputException(path, null, null, "cannot be read: " + e, e);
  }
}
