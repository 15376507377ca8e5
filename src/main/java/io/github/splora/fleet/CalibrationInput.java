package io.github.splora.fleet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.github.splora.error.BadInputException;
import io.github.splora.fleet.Calibration.Measured;
import io.github.splora.statistics.Condition;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Matches a ledger with evaluations of its adapters. */
public final class CalibrationInput {

    private static final String ADAPTER = "adapter";

    private CalibrationInput() {}

    /**
     * Reads both files.
     *
     * @param evaluations CSV with a header, the column {@code adapter} and the column of the condition
     * @return the adapters that both have, in the order of the evaluations
     * @throws BadInputException if a file is not what it should be, or if they have no adapter in common
     */
    public static List<Measured> read(Path ledger, Path evaluations, Condition unsafe) {
        Map<String, Map<String, Double>> figures = figures(ledger);
        List<Measured> measured = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        int row = 1;
        for (Map<String, String> line : rows(evaluations)) {
            row++;
            String adapter = column(evaluations, line, ADAPTER);
            String value = column(evaluations, line, unsafe.figure());
            double number = number(evaluations, row, unsafe.figure(), value);
            if (!seen.add(adapter)) {
                throw new BadInputException(
                        evaluations,
                        "row " + row + ", column '" + ADAPTER + "'",
                        adapter,
                        "occurs twice; write one row per adapter, such as the mean of its evaluations");
            }
            if (figures.containsKey(adapter)) {
                measured.add(new Measured(adapter, figures.get(adapter), unsafe.isMetBy(number)));
            }
        }
        if (measured.isEmpty()) {
            throw new BadInputException(
                    evaluations,
                    "column 'adapter'",
                    null,
                    "names no adapter that the ledger has figures of; write the names as in the ledger");
        }
        return measured;
    }

    /** Returns a finite number: NaN would meet no condition, so it would count as safe. */
    private static double number(Path file, int row, String column, String text) {
        double number;
        try {
            number = Double.parseDouble(text.strip());
        } catch (NumberFormatException e) {
            number = Double.NaN;
        }
        if (!Double.isFinite(number)) {
            throw new BadInputException(file, "row " + row + ", column '" + column + "'", text, "is not a number");
        }
        return number;
    }

    /** Returns the figures of each adapter, as its latest line has them; those that could not be judged have none. */
    private static Map<String, Map<String, Double>> figures(Path ledger) {
        Map<String, Map<String, Double>> all = new HashMap<>();
        Ledger.read(ledger, entry -> {
            Map<String, Double> figures = new LinkedHashMap<>();
            JsonNode given = entry.path("figures");
            given.fieldNames().forEachRemaining(name -> {
                if (given.path(name).isNumber()) {
                    figures.put(gateName(name), given.path(name).doubleValue());
                }
            });
            all.put(entry.path(ADAPTER).textValue(), figures);
        });
        all.values().removeIf(Map::isEmpty);
        return all;
    }

    /** Returns the name that a policy's conditions use: {@code max-score} for {@code maxScore}. */
    private static String gateName(String field) {
        return field.replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    private static List<Map<String, String>> rows(Path file) {
        ObjectReader reader = new CsvMapper()
                .readerForMapOf(String.class)
                .with(CsvParser.Feature.SKIP_EMPTY_LINES)
                .with(CsvSchema.emptySchema().withHeader());
        try (MappingIterator<Map<String, String>> rows = reader.readValues(file.toFile())) {
            return rows.readAll();
        } catch (JsonProcessingException e) {
            throw new BadInputException(
                    file, null, null, "is not a CSV file with a header: " + e.getOriginalMessage(), e);
        } catch (FileNotFoundException e) {
            throw new BadInputException(file, null, null, Files.exists(file) ? "cannot be read" : "no such file", e);
        } catch (IOException e) {
            throw new BadInputException(file, null, null, "cannot be read: " + e.getMessage(), e);
        }
    }

    private static String column(Path file, Map<String, String> row, String name) {
        String value = row.get(name);
        if (value == null) {
            throw new BadInputException(
                    file, "column '" + name + "'", null, "is missing; the columns are " + row.keySet());
        }
        return value;
    }
}
