/** Experiments that put a claim of the literature to the test, on any teacher. */
package io.aktnode.ops.experiment;
