/**
 * Diagnoses the machine: what it offers, what is missing for a GPU, and what to do about it. Does not know arrays or
 * model files.
 */
package io.github.splora.doctor;
