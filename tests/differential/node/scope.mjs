// What `next/headers` gives inside a request of Next.js: here, of the request that is being answered. One at a time.
let current
export const setRequest = (headers, cookies) => {
  current = { headers, cookies }
}
export const headers = async () => current.headers
export const cookies = async () => current.cookies
