/** What is dropped or pasted onto a page: never opened in its place, as a browser does with a file by itself. */

/**
 * Listens for the life of the page. Text goes on being dropped and pasted where text can be written.
 * @param onFile told when a file came, which no page can take; without it a file cannot even be let go of over the page
 */
export function keepPageFromDrops(onFile?: () => void): void {
  document.addEventListener('dragover', event => {
    if (isWelcome(event)) return
    event.preventDefault()
    const canTell = onFile !== undefined && hasFile(event.dataTransfer)
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = canTell ? 'copy' : 'none'
  })
  document.addEventListener('drop', event => {
    if (isWelcome(event)) return
    event.preventDefault()
    if (hasFile(event.dataTransfer)) onFile?.()
  })
  document.addEventListener('paste', event => {
    const { clipboardData } = event
    // Beside a picture of it, some programs copy the text itself: that is pasted.
    if (hasFile(clipboardData) && !clipboardData?.types.includes('text/plain')) onFile?.()
  })
}

const hasFile = (data: DataTransfer | null): boolean => data?.types.includes('Files') === true

/** Whether it is text over a place to write in. */
const isWelcome = ({ dataTransfer, target }: DragEvent): boolean =>
  !hasFile(dataTransfer) && target instanceof Element && target.matches('textarea, input')
