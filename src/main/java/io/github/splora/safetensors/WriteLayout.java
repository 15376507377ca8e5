package io.github.splora.safetensors;

import io.github.splora.storage.TensorInfo;
import io.github.splora.storage.TensorSize;
import io.github.splora.storage.TensorSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Assigns each tensor its place in a new file. */
final class WriteLayout {

    /**
     * Orders tensors as the reference writer does: widest dtypes first, which keeps every tensor aligned, then by name.
     */
    private static final Comparator<TensorSource> ORDER = Comparator.comparing(TensorSource::dtype)
            .reversed()
            .thenComparing(TensorSource::name, UnicodeText.BY_CODE_POINT);

    private final Set<String> names = new HashSet<>();
    private final List<TensorInfo> infos = new ArrayList<>();
    private long end;

    private WriteLayout() {}

    static List<TensorSource> ordered(List<? extends TensorSource> tensors) {
        List<TensorSource> ordered = new ArrayList<>(tensors);
        ordered.sort(ORDER);
        return ordered;
    }

    /**
     * Lays the tensors out consecutively, in the given order.
     *
     * @throws IllegalArgumentException if a name or a shape cannot be written
     */
    static List<TensorInfo> of(List<TensorSource> ordered) {
        WriteLayout layout = new WriteLayout();
        ordered.forEach(layout::append);
        return layout.infos;
    }

    private void append(TensorSource source) {
        String name = source.name();
        if (name.equals(HeaderField.METADATA) || !UnicodeText.isWellFormed(name)) {
            throw new IllegalArgumentException(HeaderField.tensor(name) + " has an invalid name");
        }
        if (!names.add(name)) {
            throw new IllegalArgumentException(HeaderField.tensor(name) + " is given twice");
        }
        long begin = end;
        end = Math.addExact(begin, bytes(source));
        infos.add(new TensorInfo(name, source.dtype(), source.shape(), begin, end));
    }

    private static long bytes(TensorSource source) {
        for (long dimension : source.shape()) {
            if (dimension < 0) {
                throw unwritable(source, "has a negative dimension");
            }
        }
        long bits = TensorSize.bits(source.dtype(), source.shape());
        if (bits % Byte.SIZE != 0) {
            throw unwritable(source, "does not fill whole bytes");
        }
        return bits / Byte.SIZE;
    }

    private static IllegalArgumentException unwritable(TensorSource source, String why) {
        return new IllegalArgumentException(HeaderField.tensor(source.name()) + " of " + source.dtype() + " and shape "
                + source.shape() + " " + why);
    }
}
