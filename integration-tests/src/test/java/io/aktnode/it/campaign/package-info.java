/** A training on several processes, what is done to it, and how it fares. */
package io.aktnode.it.campaign;
