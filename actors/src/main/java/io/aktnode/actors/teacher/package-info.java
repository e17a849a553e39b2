/** The actor around the full-precision teacher. */
package io.aktnode.actors.teacher;
