/** The actor around a quantized student. */
package io.aktnode.actors.student;
