package io.github.splora.preset;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.checkpoint.FileNames;
import io.github.splora.checkpoint.HubCache;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Printable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the models that the user did not name. The aligned model is the one that the adapter's config names. The base model is
 * that of the preset for the aligned model, or the one that the aligned model's card names.
 */
public final class ModelFinder {

    /** {@code base_model: org/name} in a card's front matter, or a list of one such name. */
    private static final Pattern BASE_MODEL =
            Pattern.compile("(?m)^base_model:[ \\t]*(?:\\R[ \\t]*-[ \\t]*)?[\"']?(?<id>[\\w.-]+/[\\w.-]+)[\"']?[ \\t]*$"
                    + "(?!\\R[ \\t]*-)");

    private static final int LONGEST_CARD = 1 << 20;

    private final HubCache hub;
    private final String revision;

    /** @param revision branch, tag or commit of models on the hub */
    public ModelFinder(HubCache hub, String revision) {
        this.hub = hub;
        this.revision = revision;
    }

    /**
     * A model.
     *
     * @param name a path or a hub id, as the user would write it
     * @param origin where the name comes from
     */
    public record Found(String name, String origin) {}

    /** Says why a model could not be found, and what to do. */
    public static final class NotFoundException extends Exception {

        private static final long serialVersionUID = 1;

        private NotFoundException(String message) {
            super(message);
        }
    }

    /**
     * Returns the model that an adapter was trained on.
     *
     * @param given path or hub id of the adapter
     * @throws BadInputException if the adapter or its config cannot be read
     */
    public Found aligned(String given) throws NotFoundException {
        Path place = hub.resolve(given, revision);
        Path folder = FileNames.folderOf(place);
        if (!Adapter.isAt(folder)) {
            throw new NotFoundException("'" + given + "' is not an adapter's folder");
        }
        String named =
                AdapterConfig.read(folder.resolve(AdapterConfig.FILE_NAME)).baseModel();
        if (named.isBlank()) {
            throw new NotFoundException("the adapter's config does not name the model that it was trained on");
        }
        return new Found(existing(named, folder), "named by the adapter's config");
    }

    private String existing(String named, Path adapterFolder) throws NotFoundException {
        try {
            Path beside = adapterFolder.resolve(named).normalize();
            if (Checkpoint.isIn(beside)) {
                return beside.toString();
            }
        } catch (InvalidPathException e) {
            throw new NotFoundException("the adapter's config names '" + Printable.text(named) + "', which is no path");
        }
        requireCached(named, "the adapter was trained on '" + Printable.text(named) + "'");
        return named;
    }

    /** Returns the model before alignment of an aligned model, a path or a hub id. */
    public Found base(String aligned) throws NotFoundException {
        Optional<Preset> preset = Presets.ofAligned(aligned);
        if (preset.isPresent()) {
            requireCached(
                    preset.get().base(),
                    "the base model of '" + aligned + "' is '" + preset.get().base() + "'");
            return new Found(preset.get().base(), "preset " + preset.get().name());
        }
        String id = cardOf(hub.resolve(aligned, revision))
                .flatMap(ModelFinder::baseModelIn)
                .orElseThrow(() -> new NotFoundException("neither a preset nor the model card of '"
                        + Printable.text(aligned) + "' names the model that it was aligned from"));
        requireCached(
                id, "the card of '" + Printable.text(aligned) + "' names the base model '" + Printable.text(id) + "'");
        return new Found(id, "named by the aligned model's card");
    }

    private void requireCached(String id, String reason) throws NotFoundException {
        try {
            hub.resolve(id, revision);
        } catch (BadInputException e) {
            throw new NotFoundException(reason + ", which is neither a folder here nor in the Hugging Face cache"
                    + (HubCache.isId(id) ? ": fetch it with: " + HubCache.download(id) : ""));
        }
    }

    private static Optional<String> cardOf(Path aligned) {
        Path card = FileNames.folderOf(aligned).resolve("README.md");
        try {
            return Files.isRegularFile(card) && Files.size(card) <= LONGEST_CARD
                    ? Optional.of(Files.readString(card))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Returns the id in a card's front matter, which is between two lines of dashes. */
    private static Optional<String> baseModelIn(String card) {
        List<String> parts = List.of(card.split("(?m)^---[ \\t]*$", 3));
        if (parts.size() < 3 || !parts.get(0).isBlank()) {
            return Optional.empty();
        }
        Matcher matcher = BASE_MODEL.matcher(parts.get(1));
        return matcher.find() ? Optional.of(matcher.group("id")) : Optional.empty();
    }
}
