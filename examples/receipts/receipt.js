/** The mail that a customer gets for an order. */
export function receipt({ customer, order, total }) {
  return {
    from: '"The Shop" <receipts@shop.test>',
    to: customer,
    subject: `Your order ${order}`,
    text: `Thank you.\n\nOrder ${order}: ${total}\nhttps://shop.test/orders/${order}\n`,
    html: `<p>Thank you.</p><p>Order ${order}: <b>${total}</b></p><p><a href="https://shop.test/orders/${order}">See your order</a></p>`,
  };
}
