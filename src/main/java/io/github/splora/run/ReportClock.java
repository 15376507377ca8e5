package io.github.splora.run;

import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The time as reports state it. If the environment sets {@value #VARIABLE}, reports state that time and durations of 0, so that
 * the same inputs give the same bytes.
 *
 * @param fixed the time to state instead of the actual one
 * @see <a href="https://reproducible-builds.org/specs/source-date-epoch/">The specification of the variable</a>
 */
public record ReportClock(Optional<Instant> fixed) {

    private static final String VARIABLE = "SOURCE_DATE_EPOCH";
    /** The last second of the year 9999. */
    private static final long LAST = 253402300799L;

    /** @throws BadInputException if the variable is set, but not to a number of seconds since 1970 */
    public static ReportClock of(Map<String, String> environment) {
        String value = environment.getOrDefault(VARIABLE, "");
        if (value.isEmpty()) {
            return new ReportClock(Optional.empty());
        }
        try {
            long seconds = Long.parseLong(value);
            if (seconds >= 0 && seconds <= LAST) {
                return new ReportClock(Optional.of(Instant.ofEpochSecond(seconds)));
            }
        } catch (NumberFormatException e) {
            // Refused below.
        }
        throw new BadInputException(List.of(new Problem(
                "environment variable " + VARIABLE, null, value, "must be a number of seconds since 1970")));
    }

    /** Returns the time in UTC, to the second, such as {@code 2026-01-31T12:00:00Z}. */
    public String now() {
        return fixed.orElseGet(Instant::now).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** Returns a duration as reports state it. */
    public double seconds(double measured) {
        return fixed.isPresent() ? 0 : measured;
    }
}
