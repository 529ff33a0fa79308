/** Somebody, by the name that they have chosen. */
export interface Person {
  userId: string;
  displayName: string;
}
