import Cairn

func preparesSandbox() {
  Sandbox.prepare()
}

func readsWithoutConfinement() throws -> Image {
  let image = try Image.decode(contentsOf: "samples/7.png", reader: .unconfined)
  return image
}
