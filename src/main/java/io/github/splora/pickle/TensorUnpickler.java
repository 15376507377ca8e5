package io.github.splora.pickle;

import io.github.splora.error.BadInputException;
import io.github.splora.storage.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.PickleException;
import net.razorvine.pickle.PickleUtils;
import net.razorvine.pickle.Unpickler;
import org.jspecify.annotations.Nullable;

/**
 * An unpickler that can create only tensor descriptions and plain data. A pickle is a program for a small stack
 * machine. This one supports the instructions that {@code torch.save} writes, all of which PyTorch's own
 * {@code weights_only} loader supports too; globals come from {@link AllowedGlobals}, never from the library's
 * registry, which any code in the process can extend. Instructions that could make the machine hash, compare or copy
 * nested values are implemented here, so that the time and memory of every pickle are bounded by its length and
 * {@value #MAX_OPCODES} steps.
 *
 * @see <a href="https://docs.python.org/3/library/pickletools.html">The instructions</a>
 */
final class TensorUnpickler extends Unpickler {

    /** At about 40 instructions per tensor, enough for 25,000 tensors in a file. */
    static final int MAX_OPCODES = 1_000_000;

    private static final int PROTOCOL = 2;

    /**
     * Instructions left to the library: each creates one value, whose size is bounded by its argument of at most 255
     * bytes.
     */
    private static final Set<Short> PLAIN = Set.of(
            Opcodes.MARK,
            Opcodes.STOP,
            Opcodes.NONE,
            Opcodes.NEWTRUE,
            Opcodes.NEWFALSE,
            Opcodes.BININT,
            Opcodes.BININT1,
            Opcodes.BININT2,
            Opcodes.LONG1,
            Opcodes.BINFLOAT,
            Opcodes.SHORT_BINSTRING,
            Opcodes.EMPTY_TUPLE,
            Opcodes.TUPLE,
            Opcodes.TUPLE1,
            Opcodes.TUPLE2,
            Opcodes.TUPLE3,
            Opcodes.EMPTY_LIST,
            Opcodes.BINPUT,
            Opcodes.LONG_BINPUT,
            Opcodes.BINGET,
            Opcodes.LONG_BINGET,
            Opcodes.REDUCE,
            Opcodes.BINPERSID);

    private final Path file;
    private final Map<String, Storage> storages = new HashMap<>();
    private final CharsetDecoder strictUtf8 = StandardCharsets.UTF_8.newDecoder();

    @SuppressWarnings("NullAway.Init") // read() sets it before the machine runs
    private PickleStream stream;

    private int steps;

    /** @param file for messages only */
    TensorUnpickler(Path file) {
        this.file = file;
    }

    /**
     * Reads one pickle and leaves the stream positioned after it.
     *
     * @return null, a Boolean, a Number, a String, an {@code Object[]} (tuple), a {@link List}, a {@link PickledDict},
     *     a {@link PickledTensor}, a {@link Storage}, or the value of an allowed global
     * @throws BadInputException if the pickle is malformed or does anything that reading tensors does not require
     */
    Object read(PickleStream pickle) {
        stream = pickle;
        try {
            return load(pickle);
        } catch (BadInputException e) {
            throw e;
        } catch (PickleException e) {
            throw malformed(e.getMessage(), e);
        } catch (CharacterCodingException e) {
            throw malformed("a string is not UTF-8", e);
        } catch (IOException e) {
            throw malformed("it ends early", e);
        } catch (RuntimeException e) {
            // The library pops, casts and counts without checks.
            throw malformed("an instruction does not match the values on the stack", e);
        }
    }

    /** Returns every storage encountered so far, by key. */
    Map<String, Storage> storages() {
        return storages;
    }

    @Override
    protected Object dispatch(short opcode) throws IOException {
        if (++steps > MAX_OPCODES) {
            throw new BadInputException(
                    file,
                    "pickle",
                    "over " + MAX_OPCODES + " instructions",
                    "no model's tensors need that many; " + PickleFile.CONVERT);
        }
        switch (opcode) {
            case Opcodes.PROTO -> requireProtocol(stream.read());
            case Opcodes.GLOBAL -> stack.add(global(PickleUtils.readline(stream), PickleUtils.readline(stream)));
            case Opcodes.BINUNICODE -> stack.add(text());
            case Opcodes.EMPTY_DICT -> stack.add(new PickledDict());
            case Opcodes.SETITEM -> setItem();
            case Opcodes.SETITEMS -> setItems(stack.pop_all_since_marker());
            case Opcodes.APPEND -> append(Collections.singletonList(stack.pop()));
            case Opcodes.APPENDS -> append(stack.pop_all_since_marker());
            case Opcodes.BUILD -> leaveOutAttributes();
            default -> {
                if (!PLAIN.contains(opcode)) {
                    throw unknown(opcode);
                }
                return super.dispatch(opcode);
            }
        }
        return NO_RETURN_VALUE;
    }

    @Override
    protected Object persistentLoad(Object id) {
        Storage storage = Storage.of(id);
        Storage known = storages.putIfAbsent(storage.key(), storage);
        if (known != null && !known.equals(storage)) {
            throw new PickleException("storage '" + TensorInfo.shortened(storage.key()) + "' is described in two ways");
        }
        return storage;
    }

    private void requireProtocol(int protocol) {
        if (protocol != PROTOCOL) {
            throw new BadInputException(
                    file,
                    "pickle protocol",
                    protocol,
                    "is not the default protocol of torch.save, " + PROTOCOL + "; " + PickleFile.CONVERT);
        }
    }

    private Object global(String module, String name) {
        String global = module + "." + name;
        return AllowedGlobals.named(global)
                .orElseThrow(() -> new BadInputException(
                        file,
                        "pickle",
                        "'" + TensorInfo.shortened(global) + "'",
                        "names a class or function that tensors do not need, and splora runs none; if you trust"
                                + " the file,"
                                + " " + PickleFile.CONVERT));
    }

    private String text() throws IOException {
        int length = PickleUtils.bytes_to_integer(PickleUtils.readbytes(stream, Integer.BYTES));
        if (length < 0 || length > stream.remaining()) {
            throw new PickleException("a string of " + Integer.toUnsignedLong(length) + " bytes extends past its end");
        }
        return strictUtf8
                .decode(ByteBuffer.wrap(PickleUtils.readbytes(stream, length)))
                .toString();
    }

    private void setItem() {
        Object value = stack.pop();
        Object key = stack.pop();
        dict().put(key, value);
    }

    private void setItems(List<Object> keysAndValues) {
        PickledDict dict = dict();
        for (int i = 0; i < keysAndValues.size(); i += 2) {
            dict.put(keysAndValues.get(i), keysAndValues.get(i + 1));
        }
    }

    @SuppressWarnings("unchecked")
    private void append(List<Object> items) {
        ((List<Object>) stack.peek()).addAll(items);
    }

    /** Drops the attributes: a state dict carries the versions of the model's classes as one. */
    private void leaveOutAttributes() {
        stack.pop();
        dict();
    }

    private PickledDict dict() {
        return Objects.requireNonNull((PickledDict) stack.peek());
    }

    private BadInputException unknown(short opcode) {
        return new BadInputException(
                file,
                "pickle instruction",
                String.format("0x%02x", opcode),
                "is not one that torch.save writes for tensors; " + PickleFile.CONVERT);
    }

    private BadInputException malformed(@Nullable String explanation, Throwable cause) {
        return new BadInputException(
                file,
                "pickle",
                "byte " + stream.position(),
                "is not a valid description of tensors here: " + explanation + "; download the file again, or "
                        + PickleFile.CONVERT,
                cause);
    }
}
