package io.github.splora.run;

import io.github.splora.checkpoint.HubCache;
import java.util.List;

/**
 * What every run is given besides its options.
 *
 * @param hub where hub ids are looked up
 * @param progress notified of each measured module
 * @param command arguments of the program, as reports name them; empty when called from Java
 * @param version version of splora, as reports name it
 */
public record RunContext(HubCache hub, Progress progress, List<String> command, String version) {}
