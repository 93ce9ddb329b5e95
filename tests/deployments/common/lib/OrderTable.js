import { orders } from './orders.js';

export function OrderTable({ count }) {
  return (
    <table>
      <thead>
        <tr><th>Order</th><th>Item</th><th>Quantity</th><th>Price</th></tr>
      </thead>
      <tbody>
        {orders(count).map((order) => (
          <tr key={order.number}>
            <td>{order.number}</td><td>{order.item}</td><td>{order.quantity}</td>
            <td>{(order.priceCents / 100).toFixed(2)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
