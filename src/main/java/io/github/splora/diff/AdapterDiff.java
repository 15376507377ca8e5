package io.github.splora.diff;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.LoraModule;
import io.github.splora.adapter.TunedModule;
import io.github.splora.diff.Diff.ModuleChange;
import io.github.splora.diff.Diff.TensorChange;
import io.github.splora.storage.StoredTensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Compares two adapters: configs, modules and other tensors. Reads all of both. */
public final class AdapterDiff {

    private static final int CHUNK_BYTES = 1 << 20;

    private final Adapter before;
    private final Adapter after;
    private double squaredBefore;
    private double squaredDifference;
    private boolean isComparable = true;

    private AdapterDiff(Adapter before, Adapter after) {
        this.before = before;
        this.after = after;
    }

    /**
     * Returns the differences of two adapters.
     *
     * @param nameBefore the older one, as the user named it
     * @param nameAfter the newer one, as the user named it
     */
    public static Diff of(String nameBefore, Adapter before, String nameAfter, Adapter after) {
        AdapterDiff diff = new AdapterDiff(before, after);
        List<ModuleChange> modules = diff.modules();
        return Diff.of(
                "adapters",
                nameBefore,
                nameAfter,
                diff.isComparable ? DeltaDifference.relative(diff.squaredDifference, diff.squaredBefore) : null,
                FieldDiff.of("", before.config().toJson(), after.config().toJson()),
                modules,
                diff.tensors());
    }

    private List<ModuleChange> modules() {
        Map<String, LoraModule> old = byName(before);
        Map<String, LoraModule> now = byName(after);
        Set<String> names = new TreeSet<>(TunedModule.NATURAL_ORDER);
        names.addAll(old.keySet());
        names.addAll(now.keySet());
        List<ModuleChange> changes = new ArrayList<>();
        for (String name : names) {
            ModuleChange change = change(name, old.get(name), now.get(name));
            if (change != null) {
                changes.add(change);
            }
        }
        changes.sort(
                Comparator.comparing(ModuleChange::relativeChange, Comparator.nullsFirst(Comparator.reverseOrder())));
        return changes;
    }

    private @Nullable ModuleChange change(String name, @Nullable LoraModule old, @Nullable LoraModule now) {
        if (old == null || now == null) {
            LoraModule only = old == null ? now : old;
            if (only != null) {
                count(only, old != null);
            }
            return module(name, old == null ? Diff.ADDED : Diff.REMOVED, old, now, null);
        }
        DeltaDifference difference = DeltaDifference.of(old, now);
        if (difference == null) {
            isComparable = false;
            return module(name, Diff.CHANGED, old, now, null);
        }
        squaredBefore += difference.squaredBefore();
        squaredDifference += difference.squaredDifference();
        boolean isSame = difference.squaredDifference() == 0
                && old.rank() == now.rank()
                && old.scaling() == now.scaling()
                && old.initialization() == now.initialization()
                && old.loraA().dtype() == now.loraA().dtype();
        return isSame ? null : module(name, Diff.CHANGED, old, now, difference.relative());
    }

    /** Counts a module that is only in one of the adapters. */
    private void count(LoraModule only, boolean isOld) {
        DeltaDifference own = DeltaDifference.of(only, only);
        if (own != null) {
            squaredDifference += own.squaredBefore();
            squaredBefore += isOld ? own.squaredBefore() : 0;
        }
    }

    private static ModuleChange module(
            String name, String change, @Nullable LoraModule old, @Nullable LoraModule now, @Nullable Double relative) {
        return new ModuleChange(
                name,
                change,
                old == null ? null : Long.valueOf(old.rank()),
                now == null ? null : Long.valueOf(now.rank()),
                old == null ? null : Double.valueOf(old.scaling()),
                now == null ? null : Double.valueOf(now.scaling()),
                relative,
                null,
                null,
                null,
                null);
    }

    private List<TensorChange> tensors() {
        Map<String, StoredTensor> old = others(before);
        Map<String, StoredTensor> now = others(after);
        Set<String> names = new TreeSet<>(old.keySet());
        names.addAll(now.keySet());
        List<TensorChange> changes = new ArrayList<>();
        for (String name : names) {
            StoredTensor one = old.get(name);
            StoredTensor other = now.get(name);
            if (one == null || other == null) {
                changes.add(new TensorChange(name, one == null ? Diff.ADDED : Diff.REMOVED));
            } else if (!isSame(one, other)) {
                changes.add(new TensorChange(name, Diff.CHANGED));
            }
        }
        return changes;
    }

    /** Returns the tensors that are no factor of a module. */
    private static Map<String, StoredTensor> others(Adapter adapter) {
        Set<String> factors = new HashSet<>();
        adapter.modules().forEach(module -> {
            factors.add(module.loraA().name());
            factors.add(module.loraB().name());
        });
        Map<String, StoredTensor> others = new TreeMap<>();
        adapter.weights().tensors().forEach((name, info) -> {
            if (!factors.contains(name)) {
                others.put(name, new StoredTensor(adapter.weights(), info));
            }
        });
        return others;
    }

    private static boolean isSame(StoredTensor one, StoredTensor other) {
        if (one.dtype() != other.dtype() || !one.shape().equals(other.shape())) {
            return false;
        }
        for (long offset = 0; offset < one.byteLength(); offset += CHUNK_BYTES) {
            int length = (int) Math.min(CHUNK_BYTES, one.byteLength() - offset);
            if (one.read(offset, length).mismatch(other.read(offset, length)) >= 0) {
                return false;
            }
        }
        return true;
    }

    private static Map<String, LoraModule> byName(Adapter adapter) {
        return adapter.modules().stream().collect(Collectors.toMap(LoraModule::name, Function.identity()));
    }
}
