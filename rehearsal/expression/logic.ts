import { Code } from "./codes";
import { exactly, type Expression, type Form, type Forms, invalid, type Source } from "./expression";
import { allOf, strict } from "./strict";
import { Type, type Worth } from "./worth";

function several(source: Source, operands: number): Expression[] {
  if (operands < 2) throw invalid("fewer than two operands");
  return Array.from({ length: operands }, () => condition(source));
}

/** The next operand, which must be true or false. */
function condition(source: Source): Expression {
  const part = source.expression();
  if (part.type !== Type.bool) throw invalid(`type ${part.type} where a boolean is wanted`);
  return part;
}

/** And, or: one operand of the deciding worth decides, whatever is unknown. */
function junction(deciding: boolean): Form {
  return (source, operands) => {
    const parts = several(source, operands);
    return {
      type: Type.bool,
      worth: (run) => {
        let out: Worth = !deciding;
        for (const part of parts) {
          const worth = part.worth(run);
          if (worth === deciding) return deciding;
          if (worth === undefined) out = undefined;
        }
        return out;
      },
    };
  };
}

/** Exactly one is true; what is unknown before a second true one is found makes it unknown. */
const exclusive: Form = (source, operands) => {
  const parts = several(source, operands);
  return {
    type: Type.bool,
    worth: (run) => {
      let found = false;
      for (const part of parts) {
        const worth = part.worth(run);
        if (worth === undefined) return undefined;
        if (worth === true && found) return false;
        found ||= worth === true;
      }
      return found;
    },
  };
};

/** Conditions in turn; the first that is true has the worth behind it, none the last. */
const cond: Form = (source, operands) => {
  if (operands < 3 || operands % 2 === 0) throw invalid("cond without its default");
  const cases: [Expression, Expression][] = [];
  for (let i = 1; i < operands; i += 2) cases.push([condition(source), source.expression()]);
  const otherwise = source.expression();
  const worths = [...cases.map(([, worth]) => worth), otherwise];
  const type = worths.find(({ isUnknown }) => !isUnknown)?.type ?? Type.bool;
  if (worths.some((one) => !one.isUnknown && one.type !== type)) throw invalid("cond of several types");
  return {
    type,
    worth: (run) => {
      for (const [when, then] of cases) {
        const holds = when.worth(run);
        if (holds === undefined) return undefined;
        if (holds) return then.worth(run);
      }
      return otherwise.worth(run);
    },
  };
};

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Defines variables, each of those before it, then what they are for. */
const letForm: Form = (source, operands) => {
  const names = source.variables;
  if (operands < 3 || operands % 2 === 0) throw invalid("let without its expression");
  const own: { name: string; place: number; expression: Expression }[] = [];
  for (let i = 1; i < operands; i += 2) {
    const name = source.name();
    if (!NAME.test(name)) throw invalid(`variable named ${JSON.stringify(name)}`);
    if (names.has(name)) throw invalid(`variable ${name} is there twice`);
    const variable: { place: number; type: Type | undefined } = { place: names.size, type: undefined };
    names.set(name, variable);
    const expression = source.expression();
    variable.type = expression.type;
    own.push({ name, place: variable.place, expression });
  }
  const body = source.expression();
  for (const { name } of own) names.delete(name);
  return {
    type: body.type,
    isUnknown: body.isUnknown,
    worth: (run) => {
      for (const { place, expression } of own) run.variables[place] = expression.worth(run);
      return body.worth(run);
    },
  };
};

const variable: Form = (source, operands) => {
  exactly(operands, 1);
  const name = source.name();
  const known = source.variables.get(name);
  if (known?.type === undefined) throw invalid(`variable ${JSON.stringify(name)} is not defined`);
  const { place, type } = known;
  return { type, worth: (run) => run.variables[place] };
};

/** What joins conditions, chooses by them, and names what is used twice. */
export const LOGIC: Forms = {
  [Code.unknown]: (_source, operands) => {
    exactly(operands, 0);
    return { type: Type.bool, isUnknown: true, worth: () => undefined };
  },
  [Code.and]: junction(false),
  [Code.or]: junction(true),
  [Code.not]: strict(
    1,
    allOf([Type.bool]),
    () =>
      ([holds]) =>
        !holds,
  ),
  [Code.exclusive]: exclusive,
  [Code.cond]: cond,
  [Code.let]: letForm,
  [Code.variable]: variable,
};
