/** One run of the system: what it is given, what it reports and how it ends. */
package io.aktnode.actors.run;
