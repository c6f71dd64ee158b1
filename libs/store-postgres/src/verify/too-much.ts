/** A room could not be checked within the memory that a check may take. */
export class TooMuch extends Error {
  override readonly name = 'TooMuch';
}
