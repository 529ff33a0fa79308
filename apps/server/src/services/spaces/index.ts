/**
 * Spaces: rooms that hold rooms (specification, "Spaces"). Imports `store/` and what `rooms/` offers for reading.
 */
export { createHierarchy, type Hierarchy } from './hierarchy.ts';
