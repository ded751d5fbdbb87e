/** Returns a table whose rows have one text more. */
export function addColumn<Rows extends Readonly<Record<string, object>>, Column extends string>(
  rows: Rows,
  column: Column,
  texts: Readonly<Record<keyof Rows, string>>,
): { readonly [Name in keyof Rows]: Rows[Name] & Record<Column, string> } {
  const table = Object.create(null);
  for (const name of Object.keys(rows)) table[name] = { ...rows[name], [column]: texts[name] };
  return table;
}
