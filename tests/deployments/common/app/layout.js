export const metadata = { title: 'Harbour Supplies' };

export default function Layout({ children }) {
  return (
    <html lang="en">
      <body>
        <nav>
          <a href="/">Home</a> · <a href="/dashboard">Dashboard</a> · <a href="/reports">Reports</a> ·{' '}
          <a href="/api/auth/signin">Sign in</a> · <a href="/api/auth/signout">Sign out</a>
        </nav>
        <main>{children}</main>
      </body>
    </html>
  );
}
