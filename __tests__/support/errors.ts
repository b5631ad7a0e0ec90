import { InputError } from "../../modules";

/** The message of the InputError that something fails with. */
export function errorOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as Error).message;
  }
  throw new Error("it was accepted");
}
