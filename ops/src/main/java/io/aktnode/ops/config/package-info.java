/**
 * Settings from flags, files and the environment, checked and mapped to the other modules' records.
 */
package io.aktnode.ops.config;
