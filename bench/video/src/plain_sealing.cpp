#include "plain_sealing.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <vector>

#include "cpu.h"

namespace pitview::bench {
namespace {

constexpr int kTag = 16;

}  // namespace

SealingCost seal_plainly(const SealingLoad& load) {
  const int file = ::open(load.file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) throw std::runtime_error(load.file.string() + " cannot be written");
  const std::vector<unsigned char> plain(static_cast<std::size_t>(load.bytes_per_piece), 7);
  std::vector<unsigned char> sealed(plain.size() + kTag);
  const std::array<unsigned char, 32> key{};
  std::array<unsigned char, 12> nonce{};
  EVP_CIPHER_CTX* cipher = EVP_CIPHER_CTX_new();
  EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), nullptr, key.data(), nullptr);
  SealingCost cost;
  const double began = thread_cpu_seconds();
  for (; cost.pieces < load.pieces; ++cost.pieces) {
    nonce[0] = static_cast<unsigned char>(cost.pieces);
    int size = 0;
    EVP_EncryptInit_ex(cipher, nullptr, nullptr, nullptr, nonce.data());
    EVP_EncryptUpdate(cipher, sealed.data(), &size, plain.data(), load.bytes_per_piece);
    EVP_EncryptFinal_ex(cipher, sealed.data() + size, &size);
    EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, kTag, sealed.data() + plain.size());
    if (::write(file, sealed.data(), sealed.size()) != static_cast<ssize_t>(sealed.size())) break;
  }
  cost.cpu_seconds = thread_cpu_seconds() - began;
  EVP_CIPHER_CTX_free(cipher);
  ::close(file);
  ::unlink(load.file.c_str());
  if (cost.pieces < load.pieces) throw std::runtime_error(load.file.string() + " cannot be written");
  return cost;
}

}  // namespace pitview::bench
