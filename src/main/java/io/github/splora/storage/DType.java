package io.github.splora.storage;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The type of a tensor's elements. The constants have the names used in headers, in the order of the <a href="https://github.com/huggingface/safetensors/blob/main/safetensors/src/tensor.rs">reference
 * implementation</a>, from the narrowest to the widest alignment. The safetensors writer lays out tensors in this order, so
 * a new constant must go where the reference puts it.
 */
public enum DType {
    BOOL(8),
    F4(4),
    F6_E2M3(6),
    F6_E3M2(6),
    U8(8),
    I8(8),
    F8_E5M2(8),
    F8_E4M3(8),
    F8_E8M0(8),
    F8_E4M3FNUZ(8),
    F8_E5M2FNUZ(8),
    I16(16),
    U16(16),
    F16(16),
    BF16(16),
    I32(32),
    U32(32),
    F32(32),
    C64(64),
    F64(64),
    I64(64),
    U64(64);

    /** The floating-point types of weights; each converts exactly to float64. */
    public static final Set<DType> WEIGHTS = Collections.unmodifiableSet(EnumSet.of(F16, BF16, F32, F64));
    /** The types of weights that need {@link Scales}. */
    public static final Set<DType> SCALED_WEIGHTS = Collections.unmodifiableSet(EnumSet.of(F8_E4M3, F8_E5M2));

    private static final Map<String, DType> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(DType::name, Function.identity()));

    private final int bits;

    DType(int bits) {
        this.bits = bits;
    }

    /** Size of one element in bits; not a multiple of 8 for F4 and F6. */
    public int bits() {
        return bits;
    }

    /** Returns the dtype with exactly this name in headers; empty if the format has no such dtype. */
    public static Optional<DType> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }
}
