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

/**
 * An unpickler that can make tensors' descriptions and plain data, and nothing else. A pickle is a program for a small
 * stack machine. This one knows the instructions that {@code torch.save} writes, all of them among those that PyTorch's
 * own {@code weights_only} loader knows; globals are {@link AllowedGlobals} and never the library's registry, which
 * anything in the process may add to. Instructions that could make the machine hash, compare or copy what was nested
 * are done here, so that no pickle takes longer or more memory than its length and {@value #MAX_OPCODES} steps allow.
 *
 * @see <a href="https://docs.python.org/3/library/pickletools.html">The instructions</a>
 */
final class TensorUnpickler extends Unpickler {

    /** A tensor takes about 40: room for 25,000 of them in a file. */
    static final int MAX_OPCODES = 1_000_000;

    private static final int PROTOCOL = 2;

    /** Left to the library: each makes one value, of a size that its argument of at most 255 bytes bounds. */
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
    private PickleStream stream;
    private int steps;

    /** @param file for messages only */
    TensorUnpickler(Path file) {
        this.file = file;
    }

    /**
     * Reads one pickle and leaves the stream behind it.
     *
     * @return null, a Boolean, a Number, a String, an {@code Object[]} (tuple), a {@link List}, a {@link PickledDict}, a
     *     {@link PickledTensor}, a {@link Storage}, or what an allowed name stands for
     * @throws BadInputException if it does anything that reading tensors does not need, or is malformed
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
            throw malformed("a text is not UTF-8", e);
        } catch (IOException e) {
            throw malformed("it breaks off", e);
        } catch (RuntimeException e) {
            // The library's machine pops, casts and counts unchecked.
            throw malformed("an instruction finds on the stack what it cannot work with", e);
        }
    }

    /** Every storage that was named so far, by key. */
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
                    "no model's tensors take as many to describe; " + PickleFile.CONVERT);
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
                    "is not the one that torch.save writes unless told otherwise, " + PROTOCOL + "; "
                            + PickleFile.CONVERT);
        }
    }

    private Object global(String module, String name) {
        String global = module + "." + name;
        return AllowedGlobals.named(global)
                .orElseThrow(() -> new BadInputException(
                        file,
                        "pickle",
                        "'" + TensorInfo.shortened(global) + "'",
                        "names a class or function that tensors alone do not need; splora runs none, and if you trust the file,"
                                + " " + PickleFile.CONVERT));
    }

    private String text() throws IOException {
        int length = PickleUtils.bytes_to_integer(PickleUtils.readbytes(stream, Integer.BYTES));
        if (length < 0 || length > stream.remaining()) {
            throw new PickleException("a text of " + Integer.toUnsignedLong(length) + " bytes passes its end");
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

    /** A state dict carries the versions of a model's classes as an attribute. */
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
                "is none that torch.save writes for tensors; " + PickleFile.CONVERT);
    }

    private BadInputException malformed(String explanation, Throwable cause) {
        return new BadInputException(
                file,
                "pickle",
                "byte " + stream.position(),
                "is no description of tensors up to here: " + explanation + "; download the file again, or "
                        + PickleFile.CONVERT,
                cause);
    }
}
