// Public and static: rendered once, at build time.
export default function Home() {
  return (
    <>
      <h1>Harbour Supplies</h1>
      <p>A small shop that exists so that Rollcall can be tested against a real deployment.</p>
    </>
  );
}
