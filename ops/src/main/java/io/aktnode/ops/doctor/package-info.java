/** Looks at the machine and the process and says what to mend. */
package io.aktnode.ops.doctor;
