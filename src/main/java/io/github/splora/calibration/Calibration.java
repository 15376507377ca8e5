package io.github.splora.calibration;

import io.github.splora.correct.LayerInputs;
import io.github.splora.correct.RecordedInputs;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.format.TensorFiles;
import io.github.splora.json.StrictJson;
import io.github.splora.linalg.Matrix;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorFile;
import io.github.splora.storage.TensorInfo;
import io.github.splora.storage.Values;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An open calibration file. For each group of layers that read the same inputs, it holds two factors (see {@link LayerInputs}),
 * named after one of them: {@code NAME.task} and {@code NAME.requests}. Its metadata holds the format version and, for each
 * layer, the name under which its factors are stored. Factors are read when they are asked for.
 */
public final class Calibration implements RecordedInputs, AutoCloseable {

    /** Metadata field with the version of the format. */
    private static final String VERSION_FIELD = "splora_calibration";

    private static final String VERSION = "1";
    /** Metadata field with the name of every layer's factors, as a JSON object. */
    private static final String LAYERS_FIELD = "layers";

    private static final String TASK = ".task";
    private static final String REQUESTS = ".requests";
    /** The eigenvalues of a matrix with this many rows take seconds. */
    private static final long MOST_ROWS = 1024;

    /** Groups of layers that are kept: layers that share their inputs are not far from each other. */
    private static final int KEPT = 4;

    private static final String RECORD = "scripts/record_calibration.py";

    private final TensorFile file;
    private final Map<String, String> layers;
    private final Map<String, LayerInputs> kept = new LinkedHashMap<>(KEPT, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, LayerInputs> eldest) {
            return size() > KEPT;
        }
    };

    private Calibration(TensorFile file, Map<String, String> layers) {
        this.file = file;
        this.layers = layers;
    }

    /**
     * Opens a calibration file and checks everything in it but the numbers.
     *
     * @throws BadInputException if it is missing, unreadable, or not such a file
     */
    public static Calibration open(Path path) {
        TensorFile file = TensorFiles.open(path);
        try {
            Calibration calibration = new Calibration(file, layers(file));
            calibration.check();
            return calibration;
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    public Path path() {
        return file.path();
    }

    private static Map<String, String> layers(TensorFile file) {
        String version = file.metadata().get(VERSION_FIELD);
        if (version == null) {
            throw new BadInputException(
                    file.path(),
                    "metadata field '" + VERSION_FIELD + "'",
                    null,
                    "is missing, so this is not a calibration file; write one with " + RECORD);
        }
        if (!version.equals(VERSION)) {
            throw new BadInputException(
                    file.path(),
                    "metadata field '" + VERSION_FIELD + "'",
                    version,
                    "is another version of the format; this splora reads version " + VERSION);
        }
        Map<String, String> layers = new LinkedHashMap<>();
        Optional.ofNullable(file.metadata().get(LAYERS_FIELD))
                .flatMap(StrictJson::parsedObject)
                .filter(object -> object.properties().stream()
                        .allMatch(entry -> entry.getValue().isTextual()))
                .orElseThrow(() -> new BadInputException(
                        file.path(),
                        "metadata field '" + LAYERS_FIELD + "'",
                        file.metadata().get(LAYERS_FIELD),
                        "must be a JSON object of strings; write the file with " + RECORD))
                .properties()
                .forEach(entry -> layers.put(entry.getKey(), entry.getValue().asText()));
        return layers;
    }

    private void check() {
        List<Problem> problems = new ArrayList<>();
        layers.values().stream().distinct().forEach(name -> {
            Optional<TensorInfo> task = checked(name + TASK, problems);
            Optional<TensorInfo> requests = checked(name + REQUESTS, problems);
            if (task.isPresent()
                    && requests.isPresent()
                    && !task.get().shape().get(1).equals(requests.get().shape().get(1))) {
                problems.add(problem(
                        name + REQUESTS,
                        requests.get().shape().toString(),
                        "has another number of columns than " + TensorInfo.label(name + TASK) + ", "
                                + task.get().shape()));
            }
        });
        if (!problems.isEmpty()) {
            throw new BadInputException(problems);
        }
    }

    /** Returns a tensor; empty after a problem. */
    private Optional<TensorInfo> checked(String name, List<Problem> problems) {
        TensorInfo tensor = file.tensors().get(name);
        if (tensor == null) {
            problems.add(problem(name, null, "is not in the file, though its metadata names it"));
        } else if (!DType.WEIGHTS.contains(tensor.dtype())) {
            problems.add(problem(
                    name, tensor.dtype().toString(), "is not a data type of inputs; use F16, BF16, F32 or F64"));
        } else if (tensor.rank() != 2
                || tensor.elementCount() == 0
                || tensor.shape().get(0) > MOST_ROWS) {
            problems.add(problem(
                    name,
                    tensor.shape().toString(),
                    "must be a matrix of 1 to " + MOST_ROWS + " rows, one for each recorded input"));
        } else {
            return Optional.of(tensor);
        }
        return Optional.empty();
    }

    private Problem problem(String name, @Nullable String value, String explanation) {
        return new Problem(file.path().toString(), TensorInfo.label(name), value, explanation);
    }

    /** @throws BadInputException naming every layer of which nothing was recorded */
    public void requireAll(List<String> modules) {
        List<Problem> missing = modules.stream()
                .filter(module -> !layers.containsKey(module))
                .map(this::missing)
                .toList();
        if (!missing.isEmpty()) {
            throw new BadInputException(missing);
        }
    }

    private Problem missing(String module) {
        return new Problem(
                file.path().toString(),
                "layer '" + module + "'",
                null,
                "is a module of the adapter, but its inputs were not recorded; run " + RECORD
                        + " with this adapter, or leave the module out with --exclude");
    }

    @Override
    public LayerInputs of(String module, int inFeatures) {
        String name = layers.get(module);
        if (name == null) {
            throw new BadInputException(List.of(missing(module)));
        }
        requireFit(name + TASK, module, inFeatures);
        synchronized (kept) {
            LayerInputs found = kept.get(name);
            if (found != null) {
                return found;
            }
        }
        LayerInputs made = new LayerInputs(factor(name + TASK), factor(name + REQUESTS));
        synchronized (kept) {
            kept.put(name, made);
        }
        return made;
    }

    private void requireFit(String name, String module, int inFeatures) {
        TensorInfo tensor = file.tensor(name);
        if (tensor.shape().get(1) != inFeatures) {
            throw new BadInputException(
                    file.path(),
                    TensorInfo.label(name) + " shape",
                    tensor.shape(),
                    "does not fit the module '" + module + "', which has " + inFeatures
                            + " input features; record the calibration with the model that the adapter was trained on");
        }
    }

    private Matrix factor(String name) {
        TensorInfo tensor = file.tensor(name);
        double[] values = Values.of(new StoredTensor(file, tensor));
        double largest = 0;
        for (double value : values) {
            if (!Double.isFinite(value)) {
                throw new BadInputException(
                        file.path(),
                        TensorInfo.label(name),
                        value,
                        "is not finite; record the calibration with --dtype bfloat16 or float32");
            }
            largest = Math.max(largest, Math.abs(value));
        }
        if (largest == 0) {
            throw new BadInputException(
                    file.path(), TensorInfo.label(name), null, "holds nothing but zeros; record the calibration again");
        }
        int rows = tensor.shape().get(0).intValue();
        return new Matrix(rows, values.length / rows, values);
    }

    @Override
    public void close() {
        file.close();
    }
}
